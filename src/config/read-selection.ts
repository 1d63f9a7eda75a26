import { dayNumber } from '../calendar/days.js';
import { compareInstants, type Instant, parseInstant } from '../calendar/instant.js';
import { boundAtDay, boundAtInstant, type TimeBound, type TimeZone } from '../calendar/time-zone.js';
import { KINDS } from '../usage/pricing/priced-row.js';
import { parseReportFilter, type RowQuery, SORT_FIELDS } from '../usage/rows/row-query.js';
import { InvalidValue, oneOf, type Parse, plainText, wholeNumber } from './value.js';

/** How the values are given, for errors: as flags, or as the parameters of a query. */
export interface GivenAs {
  /** `--since` or `since`. */
  show(name: string): string;
  refuse(name: string, problem: string): Error;
}

/**
 * Reads which rows are wanted; the command line and the service both do it here.
 *
 * @param given texts by name: since, until, report, kind, sort, limit, offset; `desc` is true or absent
 * @throws what `as.refuse` makes
 */
export function readSelection(
  given: Readonly<Record<string, unknown>>,
  zone: TimeZone,
  as: GivenAs,
): RowQuery {
  const value = <Value>(name: string, parse: Parse<Value>): Value | undefined => {
    const raw = given[name];
    return typeof raw === 'string' ? readValue(name, raw, parse, as) : undefined;
  };
  const since = value('since', boundIn(zone, 0));
  const until = value('until', boundIn(zone, 1));
  const untilBegins = value('until', boundIn(zone, 0));
  if (since && untilBegins && compareInstants(since.instant, untilBegins.instant) > 0) {
    throw as.refuse('since', `${given.since} is after ${as.show('until')} ${given.until}`);
  }
  const sort = value('sort', oneOf(SORT_FIELDS));
  if (given.desc === true && sort === undefined) {
    throw as.refuse('desc', `needs ${as.show('sort')} to say what to order by`);
  }
  const report = value('report', plainText);
  const kind = value('kind', oneOf(KINDS));
  const limit = value('limit', wholeNumber(0));
  return {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(report !== undefined && { report: parseReportFilter(report) }),
    ...(kind !== undefined && { kind }),
    ...(sort !== undefined && { sort: { field: sort, descending: given.desc === true } }),
    ...(limit !== undefined && { limit }),
    offset: value('offset', wholeNumber(0)) ?? 0,
  };
}

/** One value. @throws what `as.refuse` makes */
export function readValue<Value>(name: string, raw: string, parse: Parse<Value>, as: GivenAs): Value {
  try {
    return parse(raw);
  } catch (error) {
    if (error instanceof InvalidValue) throw as.refuse(name, error.message);
    throw error;
  }
}

/** A bare date is the start of that day in `zone`, `daysLater` days on. */
function boundIn(zone: TimeZone, daysLater: number): Parse<TimeBound> {
  return (text) => {
    const day = dayNumber(text);
    if (day !== undefined) return boundAtDay(zone, day + daysLater);
    const instant = parseInstant(text);
    if (instant !== undefined) return boundAtInstant(zone, instant);
    throw new InvalidValue('a date such as 2024-04-29 or an RFC 3339 instant', text);
  };
}

/** A bare date is the start of that day in `zone`. */
export function instantIn(zone: TimeZone): Parse<Instant> {
  return (text) => boundIn(zone, 0)(text).instant;
}
