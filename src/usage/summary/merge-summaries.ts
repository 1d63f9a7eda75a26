import { periodNumber } from '../../calendar/days.js';
import { openTimeZone } from '../../calendar/time-zone.js';
import { ZERO } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import type { UsageItem } from '../pricing/priced-row.js';
import { createReportCheck } from '../pricing/reports.js';
import { commonDays } from './empty-periods.js';
import type { GroupKey } from './groups.js';
import type { PartialSummary } from './partial-summary.js';
import { createSummary, type Summary } from './summary.js';

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
