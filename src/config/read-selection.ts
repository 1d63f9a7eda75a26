import { dayNumber } from '../calendar/days.js';
import { compareInstants, type Instant, parseInstant } from '../calendar/instant.js';
import { boundAtDay, boundAtInstant, type TimeBound, type TimeZone } from '../calendar/time-zone.js';
import { KINDS } from '../usage/pricing/priced-row.js';
import { parseReportFilter, type ReportFilter, type RowQuery, SORT_FIELDS } from '../usage/rows/row-query.js';
import { InvalidValue, oneOf, type Parse, parsedBy, plainText, wholeNumber } from './value.js';

/** How the values are given, for errors: as flags, or as the parameters of a query. */
export interface GivenAs {
  /** `--since` or `since`. */
  show(name: string): string;
  refuse(name: string, problem: string): Error;
}

/** A date or an instant, before it is known in which time zone days begin. */
export interface WrittenTime {
  readonly text: string;
  /** Days since 1970-01-01, or the instant. */
  readonly at: { readonly day: number } | { readonly instant: Instant };
}

export const writtenTime: Parse<WrittenTime> = parsedBy((text) => {
  const day = dayNumber(text);
  if (day !== undefined) return { text, at: { day } };
  const instant = parseInstant(text);
  return instant === undefined ? undefined : { text, at: { instant } };
}, 'a date such as 2024-04-29 or an RFC 3339 instant');

/** What selects rows, by the names of flags and parameters, and how each is read; `desc` has no value. */
export const SELECTION = {
  since: writtenTime,
  until: writtenTime,
  report: ((text) => parseReportFilter(plainText(text))) satisfies Parse<ReportFilter>,
  kind: oneOf(KINDS),
  sort: oneOf(SORT_FIELDS),
  limit: wholeNumber(0),
  offset: wholeNumber(0),
};

/** The values of SELECTION that were given. */
export type GivenSelection = {
  readonly [Name in keyof typeof SELECTION]?: ReturnType<(typeof SELECTION)[Name]> | undefined;
} & { readonly desc?: boolean | undefined };

/**
 * Reads which rows are selected from texts: those of a query, or the library's parameters.
 *
 * @throws what `as.refuse` makes
 */
export function readSelection(
  given: Readonly<Record<string, unknown>>,
  zone: TimeZone,
  as: GivenAs,
): RowQuery {
  const value = <Value>(name: string, parse: Parse<Value>): Value | undefined => {
    const text = given[name];
    return typeof text === 'string' ? readValue(name, text, parse, as) : undefined;
  };
  const values = {
    since: value('since', SELECTION.since),
    until: value('until', SELECTION.until),
    sort: value('sort', SELECTION.sort),
    desc: given.desc === true,
    report: value('report', SELECTION.report),
    kind: value('kind', SELECTION.kind),
    limit: value('limit', SELECTION.limit),
    offset: value('offset', SELECTION.offset),
  };
  return selectRows(values, zone, as);
}

/** The selection that values make together. @throws what `as.refuse` makes */
export function selectRows(given: GivenSelection, zone: TimeZone, as: GivenAs): RowQuery {
  const { since, until, report, kind, sort, desc = false, limit, offset = 0 } = given;
  if (since && until && compareInstants(instantOf(since, zone), instantOf(until, zone)) > 0) {
    throw as.refuse('since', `${since.text} is after ${as.show('until')} ${until.text}`);
  }
  if (desc && sort === undefined) throw as.refuse('desc', `needs ${as.show('sort')} to say what to order by`);
  return {
    since: since && boundOf(since, zone, 0),
    until: until && boundOf(until, zone, 1),
    report,
    kind,
    sort: sort && { field: sort, descending: desc },
    limit,
    offset,
  };
}

export function readValue<Value>(name: string, raw: string, parse: Parse<Value>, as: GivenAs): Value {
  try {
    return parse(raw);
  } catch (error) {
    if (error instanceof InvalidValue) throw as.refuse(name, error.message);
    throw error;
  }
}

/** A bare date is the start of that day in `zone`, `daysLater` days on. */
function boundOf({ at }: WrittenTime, zone: TimeZone, daysLater: number): TimeBound {
  return 'day' in at ? boundAtDay(zone, at.day + daysLater) : boundAtInstant(zone, at.instant);
}

/** A bare date is the start of that day in `zone`. */
export function instantOf(time: WrittenTime, zone: TimeZone): Instant {
  return boundOf(time, zone, 0).instant;
}
