import {
  CALENDAR_UNITS,
  type CalendarUnit,
  firstDayOf,
  lastDayOf,
  periodOf,
  periodText,
} from '../../calendar/days.js';
import { hasDay, type TimeZone } from '../../calendar/time-zone.js';
import type { ReportId } from '../../document/records.js';
import { type Amount, addAmounts, compareAmounts, ZERO } from '../../engine/index.js';
import { KINDS, type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';
import type { Sum } from '../pricing/sums.js';

/** What a summary can be broken down by. */
export const GROUPINGS = [...CALENDAR_UNITS, 'report', 'kind'] as const;
export type Grouping = (typeof GROUPINGS)[number];

interface CalendarKey {
  readonly by: CalendarUnit;
  readonly period: number;
}

/** What the messages of one group have in common. */
export type GroupKey =
  | CalendarKey
  | { readonly by: 'kind'; readonly kind: Kind }
  /** No id: messages that name no report. An id without a name: the report does not exist. */
  | { readonly by: 'report'; readonly id: ReportId | undefined; readonly name: string | undefined };

export function isCalendarUnit(grouping: Grouping): grouping is CalendarUnit {
  return CALENDAR_UNITS.some((unit) => unit === grouping);
}

export function labelOf(key: Exclude<GroupKey, { by: 'report' }>): string {
  return key.by === 'kind' ? key.kind : periodText(key.by, key.period);
}

/** The same for two keys of one group, and for no others of one grouping: two reports may have one name. */
export function keyName(key: GroupKey | undefined): string {
  if (key === undefined) return '';
  if (key.by !== 'report') return labelOf(key);
  return key.id === undefined ? 'no report' : `report ${key.id}`;
}

export interface Group extends Sum {
  /** One for each grouping, in their order; undefined in a period without messages. */
  readonly keys: readonly (GroupKey | undefined)[];
}

/** A group's key while messages are counted: cheap to make and to look up. */
export type CountingKey = number | string;

type ReportKey = Extract<GroupKey, { by: 'report' }>;

/** Messages that name no report: no report has an empty id. */
const NO_REPORT = '';

/** Gives messages the keys by which they are counted, and reads those back. */
export function createCountingKeys() {
  const reports = new Map<CountingKey, ReportKey>();

  function reportKey(id: ReportId | undefined, name: string | undefined): string {
    const key = id === undefined ? NO_REPORT : `${id}`;
    const known = reports.get(key);
    // Of `7` and `"7"`, which are one report, the number, in whatever order they come.
    if (known === undefined || (typeof known.id === 'string' && typeof id !== 'string')) {
      reports.set(key, { by: 'report', id, name });
    }
    return key;
  }

  return {
    /** @param day the message's local day, as whole days since 1970-01-01 */
    ofItem(grouping: Grouping, item: UsageItem, day: number): CountingKey {
      if (grouping === 'report') return reportKey(item.message.reportId, item.report?.name);
      return grouping === 'kind' ? kindOf(item) : periodOf(grouping, day);
    },

    ofGroup(key: GroupKey): CountingKey {
      if (key.by === 'report') return reportKey(key.id, key.name);
      return key.by === 'kind' ? key.kind : key.period;
    },

    read(grouping: Grouping, key: CountingKey): GroupKey | undefined {
      if (grouping === 'report') return reports.get(key);
      if (grouping !== 'kind') return { by: grouping, period: Number(key) };
      const kind = KINDS.find((each) => each === key);
      return kind && { by: 'kind', kind };
    },
  };
}

/** Periods by time, kinds as they are listed, reports by what they cost in all, and last what has no key. */
export function inOrder(groups: readonly Group[]): Group[] {
  const costs = new Map<string, Amount>();
  for (const { keys, credits } of groups) {
    for (const key of keys) {
      if (key?.by !== 'report') continue;
      const name = keyName(key);
      costs.set(name, addAmounts(costs.get(name) ?? ZERO, credits));
    }
  }
  const reports = [...costs].sort(
    ([a, costA], [b, costB]) => compareAmounts(costB, costA) || (a < b ? -1 : 1),
  );
  const ranks = new Map(reports.map(([name], rank) => [name, rank]));
  const rankOf = (key: GroupKey | undefined): number => {
    if (key === undefined) return Number.POSITIVE_INFINITY;
    if (key.by === 'report') return ranks.get(keyName(key)) ?? 0;
    return key.by === 'kind' ? KINDS.indexOf(key.kind) : key.period;
  };
  // Not a number where both have no key.
  const apart = (a: Group, b: Group, index: number) => rankOf(a.keys[index]) - rankOf(b.keys[index]);
  return groups.toSorted((a, b) => apart(a, b, 0) || apart(a, b, 1) || 0);
}

/** Both included, as whole days since 1970-01-01. */
export interface DaySpan {
  readonly first: number;
  readonly last: number;
}

/** The days that the periods among keys have in common, such as a week's days in one month; `last` before `first` where none. */
export function commonDays(keys: Group['keys']): DaySpan {
  const periods = keys.filter((key) => key !== undefined && 'period' in key);
  return {
    first: Math.max(...periods.map(({ by, period }) => firstDayOf(by, period))),
    last: Math.min(...periods.map(({ by, period }) => lastDayOf(by, period))),
  };
}

/** Empty periods shown; one message with a mistyped year would make millions. */
const MAX_EMPTY = 1000;

interface EmptySpan extends DaySpan {
  /** A group of zero for each period, at most one more than may be shown. */
  readonly groups: readonly Group[];
}

/**
 * The periods without a message from the first to the last day shown, where groups are periods. At most 1,000 become
 * groups: the longest spans are left out first.
 *
 * @param groups those that hold messages
 * @param zone whose days the periods are made of: one that clocks left out is no period
 */
export function emptyPeriods(
  groups: readonly Group[],
  by: readonly Grouping[],
  days: DaySpan,
  zone: TimeZone,
): { readonly groups: readonly Group[]; readonly leftOut: readonly DaySpan[] } {
  const keysAt = (day: number) =>
    by.map((unit) => (isCalendarUnit(unit) ? { by: unit, period: periodOf(unit, day) } : undefined));

  function groupsIn(first: number, last: number): Group[] {
    const found: Group[] = [];
    for (let day = first; day <= last && found.length <= MAX_EMPTY; ) {
      const keys = keysAt(day);
      if (!by.includes('day') || hasDay(zone, day)) found.push({ keys, messages: 0, credits: ZERO });
      day = commonDays(keys).last + 1;
    }
    return found;
  }

  const occupied = groups.map(({ keys }) => commonDays(keys)).sort((a, b) => a.first - b.first);
  const end = commonDays(keysAt(days.last)).last + 1;
  const spans: EmptySpan[] = [];
  let next = commonDays(keysAt(days.first)).first;
  for (const { first, last } of [...occupied, { first: end, last: end }]) {
    if (first > next) spans.push({ first: next, last: first - 1, groups: groupsIn(next, first - 1) });
    next = Math.max(next, last + 1);
  }
  const leftOut = longestBeyondLimit(spans);
  return {
    groups: spans.flatMap((span) => (leftOut.has(span) ? [] : span.groups)),
    leftOut: spans.filter((span) => leftOut.has(span)).map(({ first, last }) => ({ first, last })),
  };
}

/** The longest spans, without which no more groups are left than may be shown; of two as long, the earlier one first. */
function longestBeyondLimit(spans: readonly EmptySpan[]): Set<EmptySpan> {
  let size = spans.reduce((sum, { groups }) => sum + groups.length, 0);
  const leftOut = new Set<EmptySpan>();
  for (const span of spans.toSorted((a, b) => b.last - b.first - (a.last - a.first))) {
    if (size <= MAX_EMPTY) break;
    leftOut.add(span);
    size -= span.groups.length;
  }
  return leftOut;
}
