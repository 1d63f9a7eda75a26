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

/** A group's key while messages are counted: cheap to make and to look up. Undefined: a period without messages. */
export type RawKey = number | string | undefined;

export interface RawGroup extends Sum {
  readonly keys: readonly RawKey[];
}

type ReportKey = Extract<GroupKey, { by: 'report' }>;

const KIND_ORDER: readonly RawKey[] = KINDS;

/** Messages that name no report: no report has an empty id. */
const NO_REPORT = '';

/** Gives messages the keys of their groups, and orders and reads the groups by them. */
export function createGroupKeys(by: readonly [Grouping, Grouping?]) {
  const groupings = by.filter((grouping) => grouping !== undefined);
  const reports = new Map<string, ReportKey>();

  function reportKey(id: ReportId | undefined, name: string | undefined): string {
    const key = id === undefined ? NO_REPORT : `${id}`;
    const known = reports.get(key);
    // Of `7` and `"7"`, which are one report, the number, in whatever order they come.
    if (known === undefined || (typeof known.id === 'string' && typeof id !== 'string')) {
      reports.set(key, { by: 'report', id, name });
    }
    return key;
  }

  function readKey(grouping: Grouping, key: RawKey): GroupKey | undefined {
    if (key === undefined) return undefined;
    if (grouping === 'report') return reports.get(`${key}`);
    if (grouping !== 'kind') return { by: grouping, period: Number(key) };
    const kind = KINDS.find((each) => each === key);
    return kind && { by: 'kind', kind };
  }

  /** The rank of each key of the `index`-th grouping; groups are shown by rising rank. */
  function ranksOf(groups: readonly RawGroup[], index: number): (key: RawKey) => number {
    const grouping = groupings[index];
    if (grouping === 'kind') return (key) => KIND_ORDER.indexOf(key);
    if (grouping !== 'report') return Number;
    const costs = new Map<RawKey, Amount>();
    for (const { keys, credits } of groups) {
      costs.set(keys[index], addAmounts(costs.get(keys[index]) ?? ZERO, credits));
    }
    const order = [...costs].sort(
      ([a, costA], [b, costB]) => compareAmounts(costB, costA) || (`${a}` < `${b}` ? -1 : 1),
    );
    const ranks = new Map(order.map(([key], rank) => [key, rank]));
    return (key) => ranks.get(key) ?? 0;
  }

  return {
    groupings,

    /** @param day the message's local day, as whole days since 1970-01-01 */
    keyOf(grouping: Grouping, item: UsageItem, day: number): number | string {
      if (grouping === 'report') return reportKey(item.message.reportId, item.report?.name);
      return grouping === 'kind' ? kindOf(item) : periodOf(grouping, day);
    },

    keyOfGroup(group: GroupKey): number | string {
      if (group.by === 'report') return reportKey(group.id, group.name);
      return group.by === 'kind' ? group.kind : group.period;
    },

    inOrder(groups: readonly RawGroup[]): RawGroup[] {
      const ranks = groupings.map((_, index) => ranksOf(groups, index));
      const rank = ({ keys }: RawGroup, index: number) => {
        const key = keys[index];
        return key === undefined ? Number.POSITIVE_INFINITY : (ranks[index]?.(key) ?? 0);
      };
      return groups.toSorted((a, b) => {
        for (const index of groupings.keys()) {
          const [left, right] = [rank(a, index), rank(b, index)];
          if (left !== right) return left < right ? -1 : 1;
        }
        return 0;
      });
    },

    read: (keys: readonly RawKey[]) => groupings.map((grouping, index) => readKey(grouping, keys[index])),
  };
}

/** Both included, as whole days since 1970-01-01. */
export interface DaySpan {
  readonly first: number;
  readonly last: number;
}

/** The days that periods have in common, such as a week's days in one month; `last` before `first` where none. */
export function commonDays(periods: readonly CalendarKey[]): DaySpan {
  return {
    first: Math.max(...periods.map(({ by, period }) => firstDayOf(by, period))),
    last: Math.min(...periods.map(({ by, period }) => lastDayOf(by, period))),
  };
}

/** Empty periods shown; one message with a mistyped year would make millions. */
const MAX_EMPTY = 1000;

interface EmptySpan extends DaySpan {
  /** A group of zero for each period, at most one more than may be shown. */
  readonly groups: readonly RawGroup[];
}

/**
 * The periods without a message from the first to the last day shown, where groups are periods. At most 1,000 become
 * groups: the longest spans are left out first.
 *
 * @param groups those that hold messages
 * @param zone whose days the periods are made of: one that clocks left out is no period
 */
export function emptyPeriods(
  groups: readonly RawGroup[],
  by: readonly Grouping[],
  days: DaySpan,
  zone: TimeZone,
): { readonly groups: readonly RawGroup[]; readonly leftOut: readonly DaySpan[] } {
  const calendar = createCalendar(by, zone);
  const occupied = groups.map(({ keys }) => calendar.spanOf(keys)).sort((a, b) => a.first - b.first);
  const end = calendar.spanAt(days.last).last + 1;
  const spans: EmptySpan[] = [];
  let next = calendar.spanAt(days.first).first;
  for (const { first, last } of [...occupied, { first: end, last: end }]) {
    if (first > next)
      spans.push({ first: next, last: first - 1, groups: calendar.groupsIn(next, first - 1) });
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

/** Periods of one unit, or what periods of two have in common: a week's days in one month. */
function createCalendar(by: readonly Grouping[], zone: TimeZone) {
  const units = by.map((grouping) => (isCalendarUnit(grouping) ? grouping : undefined));
  const keysAt = (day: number) => units.map((unit) => unit && periodOf(unit, day));

  function spanOf(keys: readonly RawKey[]): DaySpan {
    return commonDays(
      units.flatMap((unit, index) => (unit === undefined ? [] : [{ by: unit, period: Number(keys[index]) }])),
    );
  }

  return {
    spanOf,
    spanAt: (day: number) => spanOf(keysAt(day)),

    groupsIn(first: number, last: number): RawGroup[] {
      const groups: RawGroup[] = [];
      for (let day = first; day <= last && groups.length <= MAX_EMPTY; ) {
        const keys = keysAt(day);
        if (!units.includes('day') || hasDay(zone, day)) groups.push({ keys, messages: 0, credits: ZERO });
        day = spanOf(keys).last + 1;
      }
      return groups;
    },
  };
}
