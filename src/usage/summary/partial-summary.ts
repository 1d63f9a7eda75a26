import { dayNumber, periodNumber } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import { isTimeZone } from '../../calendar/time-zone.js';
import { compareAmounts, parseAmount } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { exactInteger, expected } from '../../json/exact-json.js';
import { type ObjectReader, readDocument } from '../../json/object-reader.js';
import { type Cost, CURRENCIES, NO_COST, parseCost } from '../../rates/money.js';
import { KINDS } from '../pricing/priced-row.js';
import { addSums, type Sum } from '../pricing/sums.js';
import type { DaySpan } from './empty-periods.js';
import { GROUPINGS, type Grouping, type GroupKey, isCalendarUnit } from './groups.js';

/** A document of `summary --json`, read back. */
export interface PartialSummary {
  /** Its name in errors. */
  readonly name: string;
  readonly source: string;
  readonly period: string;
  readonly timezone: string;
  readonly rules: string;
  /** Of the costs; undefined where a credit had no price. */
  readonly currency: string | undefined;
  readonly by: readonly [Grouping, Grouping?];
  readonly groups: readonly PartialGroup[];
  /** Days without messages that have no group. */
  readonly emptySpans: readonly DaySpan[];
  /** As upstream sent them; undefined where there is no message. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly messages: number;
  readonly outOf: number | undefined;
}

interface PartialGroup extends Sum {
  readonly keys: readonly (GroupKey | undefined)[];
}

/** @throws DataError that names the member, also where the groups do not add up to the total */
export function readPartialSummary(json: string, name: string): PartialSummary {
  const summary = readDocument(json, name).object('summary');
  const by = groupingsOf(summary.members.get('by'), name);
  const currency = currencyOf(summary);
  const groups = summary.objects('groups').map((group) => readGroup(group, by, currency));
  const total = summary.object('total');
  const messages = total.count('messages');
  const sum = addSums(groups);
  const cost = costIn(total, currency);
  const isSame =
    compareAmounts(sum.credits, creditsOf(total)) === 0 && (sum.cost ?? cost)?.eq(cost ?? NO_COST) !== false;
  if (!isSame || sum.messages !== messages) {
    throw new DataError(name, 'the groups do not add up to the total', 'total');
  }
  const timezone = summary.text('timezone');
  if (!isTimeZone(timezone)) throw summary.error('timezone', 'an IANA time zone');
  return {
    name,
    source: summary.text('source'),
    period: summary.text('period'),
    timezone,
    rules: summary.text('rules'),
    currency,
    by,
    groups,
    emptySpans: summary.members.has('empty_spans') ? summary.objects('empty_spans').map(readSpan) : [],
    first: timeOf(summary, 'first_message'),
    last: timeOf(summary, 'last_message'),
    messages,
    outOf: total.members.has('out_of') ? total.count('out_of') : undefined,
  };
}

function groupingsOf(value: unknown, name: string): readonly [Grouping, Grouping?] {
  const names: unknown[] = Array.isArray(value) ? value : [];
  const found = names.map((each) => GROUPINGS.find((grouping) => grouping === each));
  const [first, second] = found;
  if (first === undefined || found.length > 2 || (found.length === 2 && second === undefined)) {
    throw new DataError(name, expected(`one or two of ${GROUPINGS.join(', ')}`, value), 'by');
  }
  return second === undefined ? [first] : [first, second];
}

function readGroup(
  group: ObjectReader,
  by: readonly [Grouping, Grouping?],
  currency: string | undefined,
): PartialGroup {
  const messages = group.count('messages');
  const groupings = by.filter((grouping) => grouping !== undefined);
  return {
    keys: groupings.map((grouping) => keyOf(group, grouping, messages === 0)),
    messages,
    credits: creditsOf(group),
    cost: costIn(group, currency),
  };
}

function keyOf(group: ObjectReader, grouping: Grouping, isEmpty: boolean): GroupKey | undefined {
  if (grouping === 'report') {
    const [given, name] = [group.members.get('report_id'), group.members.get('report_name')];
    const id = typeof given === 'string' ? given : exactInteger(given);
    if (id === undefined && given !== null) throw group.error('report_id', 'an integer, a string or null');
    if (name !== null && typeof name !== 'string') throw group.error('report_name', 'a string or null');
    return { by: 'report', id, name: name ?? undefined };
  }
  const label = group.members.get(grouping);
  if (label === null && isEmpty) return undefined;
  if (!isCalendarUnit(grouping)) return { by: 'kind', label: group.choice(grouping, KINDS) };
  if (typeof label === 'string' && periodNumber(grouping, label) !== undefined)
    return { by: grouping, label };
  throw group.error(grouping, `a ${grouping}`);
}

function readSpan(span: ObjectReader): DaySpan {
  const dayOf = (key: string) => {
    const day = dayNumber(span.text(key));
    if (day === undefined) throw span.error(key, 'a date');
    return day;
  };
  return { first: dayOf('first_day'), last: dayOf('last_day') };
}

function timeOf(summary: ObjectReader, key: string): string | undefined {
  const value = summary.members.get(key);
  if (value === null) return undefined;
  if (typeof value === 'string' && parseInstant(value) !== undefined) return value;
  throw summary.error(key, 'an RFC 3339 timestamp or null');
}

function currencyOf(summary: ObjectReader): string | undefined {
  if (!summary.members.has('currency')) return undefined;
  return summary.choice('currency', CURRENCIES, 'a currency of ISO 4217');
}

/** Undefined where there is no currency. */
function costIn(sums: ObjectReader, currency: string | undefined): Cost | undefined {
  return currency === undefined ? undefined : sums.exact('cost', parseCost);
}

const creditsOf = (sums: ObjectReader) => sums.exact('credits', parseAmount);
