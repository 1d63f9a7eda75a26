import { dayNumber, periodNumber } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import { isTimeZone, openTimeZone } from '../../calendar/time-zone.js';
import { compareAmounts, parseAmount } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { type ObjectReader, readDocument } from '../../json/object-reader.js';
import { type Cost, CURRENCIES, NO_COST, parseCost } from '../../rates/money.js';
import { KINDS } from '../pricing/priced-row.js';
import { createReportCheck } from '../pricing/reports.js';
import { addSums } from '../pricing/sums.js';
import {
  commonDays,
  type DaySpan,
  GROUPINGS,
  type Group,
  type Grouping,
  type GroupKey,
  isCalendarUnit,
  labelOf,
} from './groups.js';
import { createSummary } from './summary.js';

/** A document of `summary --json`, read back. */
export type PartialSummary = ReturnType<typeof readPartialSummary>;

/** @throws DataError that names the member, also where the groups do not add up to the total */
export function readPartialSummary(json: string, name: string) {
  const summary = readDocument(json, name).object('summary');
  const by = groupingsOf(summary);
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
    /** Its name in errors. */
    name,
    source: summary.text('source'),
    period: summary.text('period'),
    timezone,
    rules: summary.text('rules'),
    /** Of the costs; undefined where a credit had no price. */
    currency,
    by,
    groups,
    /** Days without messages that have no group. */
    emptySpans: summary.members.has('empty_spans') ? summary.objects('empty_spans').map(readSpan) : [],
    /** As upstream sent them; undefined where there is no message. */
    first: timeOf(summary, 'first_message'),
    last: timeOf(summary, 'last_message'),
    messages,
    outOf: total.members.has('out_of') ? total.count('out_of') : undefined,
  };
}

function groupingsOf(summary: ObjectReader): readonly [Grouping, Grouping?] {
  const found = summary.texts('by').map((name) => GROUPINGS.find((grouping) => grouping === name));
  const [first, second] = found;
  if (first === undefined || found.length > 2 || (found.length === 2 && second === undefined)) {
    throw summary.error('by', `one or two of ${GROUPINGS.join(', ')}`);
  }
  return second === undefined ? [first] : [first, second];
}

function readGroup(
  group: ObjectReader,
  by: readonly [Grouping, Grouping?],
  currency: string | undefined,
): Group {
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
    const name = group.members.get('report_name');
    const given = group.members.get('report_id');
    const id = given === null ? undefined : group.id('report_id', 'an integer, a string or null');
    if (name !== null && typeof name !== 'string') throw group.error('report_name', 'a string or null');
    return { by: 'report', id, name: name ?? undefined };
  }
  const label = group.members.get(grouping);
  if (label === null && isEmpty) return undefined;
  if (!isCalendarUnit(grouping)) return { by: 'kind', kind: group.choice(grouping, KINDS) };
  const period = typeof label === 'string' ? periodNumber(grouping, label) : undefined;
  if (period !== undefined) return { by: grouping, period };
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

/**
 * Adds summaries of parts of one period, exactly and in any order. That no message is in two of them is up to
 * whoever made the parts.
 *
 * @throws DataError when there is none, or two are not about the same period, time zone, rules, currency and groupings, or
 *   call one report by two names
 */
export function mergeSummaries(parts: readonly PartialSummary[]) {
  const [first] = parts;
  if (first === undefined) throw new DataError('merge', 'there is no summary to add');
  for (const part of parts) checkSame(first, part);
  checkReports(parts);

  const sums = createSummary(
    first.by,
    openTimeZone(first.timezone),
    first.currency === undefined ? undefined : { currency: first.currency },
  );
  let firstDay = Number.POSITIVE_INFINITY;
  let lastDay = Number.NEGATIVE_INFINITY;
  const addDays = (from: number, to: number) => {
    firstDay = Math.min(firstDay, from);
    lastDay = Math.max(lastDay, to);
  };
  for (const part of parts) {
    for (const time of [part.first, part.last]) if (time !== undefined) sums.addTime(time);
    for (const span of part.emptySpans) addDays(span.first, span.last);
    for (const { keys, ...sum } of part.groups) {
      const day = dayOf(keys);
      if (day !== undefined) addDays(day, day);
      const known = keys.filter((key) => key !== undefined);
      if (sum.messages > 0) sums.addGroup(known, sum);
    }
  }
  const narrowed = parts.some(({ outOf }) => outOf !== undefined);
  return {
    summary: sums.value(firstDay <= lastDay ? { first: firstDay, last: lastDay } : {}),
    source: [...new Set(parts.map(({ source }) => source))].sort().join(', '),
    period: first.period,
    timezone: first.timezone,
    rules: first.rules,
    outOf: narrowed ? parts.reduce((sum, { outOf, messages }) => sum + (outOf ?? messages), 0) : undefined,
  };
}

function checkSame(first: PartialSummary, part: PartialSummary): void {
  for (const key of ['period', 'timezone', 'rules', 'currency', 'by'] as const) {
    const [expected, found] = [String(first[key] ?? 'none'), String(part[key] ?? 'none')];
    if (expected === found) continue;
    const problem = `is ${found}, but ${first.name} has ${expected}: they cannot be added`;
    throw new DataError(part.name, problem, key);
  }
}

function checkReports(parts: readonly PartialSummary[]): void {
  const check = createReportCheck();
  for (const { groups, name } of parts) {
    for (const key of groups.flatMap(({ keys }) => keys)) {
      if (key?.by === 'report' && key.id !== undefined) check(key.id, key.name, undefined, name);
    }
  }
}

/** A day that lies in every period of a group; undefined for a group of no period. */
function dayOf(keys: Group['keys']): number | undefined {
  const periods = keys.filter((key) => key !== undefined && 'period' in key);
  if (periods.length === 0) return undefined;
  const { first, last } = commonDays(periods);
  if (first <= last) return first;
  throw new DataError('merge', `no day is in ${periods.map(labelOf).join(' and ')}`);
}
