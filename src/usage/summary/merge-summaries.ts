import { dayNumber, periodNumber } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import { isTimeZone, openTimeZone } from '../../calendar/time-zone.js';
import { compareAmounts, parseAmount, ZERO } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { exactInteger, expected } from '../../json/exact-json.js';
import { type ObjectReader, readDocument } from '../../json/object-reader.js';
import { type Cost, CURRENCIES, NO_COST, parseCost } from '../../rates/money.js';
import { KINDS, type UsageItem } from '../pricing/priced-row.js';
import { createReportCheck } from '../pricing/reports.js';
import { addSums, type Sum } from '../pricing/sums.js';
import {
  commonDays,
  type DaySpan,
  GROUPINGS,
  type Grouping,
  type GroupKey,
  isCalendarUnit,
} from './groups.js';
import { createSummary, type Summary } from './summary.js';

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

/** The sum of summaries, and what they have in common. */
export interface MergedSummary extends Pick<PartialSummary, 'period' | 'timezone' | 'rules' | 'outOf'> {
  readonly summary: Summary;
  /** Each source once, in order. */
  readonly sources: readonly string[];
}

/**
 * Adds summaries of parts of one period, exactly and in any order. That no message is in two of them is up to
 * whoever made the parts.
 *
 * @throws DataError when there is none, or two are not about the same period, time zone, rules, currency and groupings, or
 *   call one report by two names
 */
export function mergeSummaries(parts: readonly PartialSummary[]): MergedSummary {
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
      if (sum.messages > 0) sums.addSum({ item: itemOf(keys), day: day ?? 0, ...sum });
    }
  }
  const narrowed = parts.some(({ outOf }) => outOf !== undefined);
  return {
    summary: sums.value(firstDay <= lastDay ? { first: firstDay, last: lastDay } : {}),
    sources: [...new Set(parts.map(({ source }) => source))].sort(),
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
function dayOf(keys: readonly (GroupKey | undefined)[]): number | undefined {
  const labelled = keys
    .filter((key) => key !== undefined)
    .filter((key) => key.by !== 'report' && key.by !== 'kind');
  if (labelled.length === 0) return undefined;
  const periods = labelled.map(({ by, label }) => ({
    unit: by,
    period: periodNumber(by, label) ?? Number.NaN,
  }));
  const { first, last } = commonDays(periods);
  if (first <= last) return first;
  throw new DataError('merge', `no day is in ${labelled.map(({ label }) => label).join(' and ')}`);
}

/** A message that has these keys. */
function itemOf(keys: readonly (GroupKey | undefined)[]): UsageItem {
  let reportId: UsageItem['message']['reportId'];
  let name: string | undefined;
  for (const key of keys) {
    if (key?.by === 'report') ({ id: reportId, name } = key);
  }
  for (const key of keys) {
    if (key?.by !== 'kind') continue;
    if (key.label !== 'text') reportId ??= key.label;
    if (key.label === 'report') name ??= '';
  }
  return {
    message: { id: 0, timestamp: '', reportId, text: '' },
    report: name === undefined ? undefined : { name, cost: ZERO },
    credits: ZERO,
  };
}
