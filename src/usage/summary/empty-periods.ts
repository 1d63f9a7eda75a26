import { type CalendarUnit, firstDayOf, lastDayOf, periodOf } from '../../calendar/days.js';
import { hasDay, type TimeZone } from '../../calendar/time-zone.js';
import { ZERO } from '../../engine/index.js';
import type { RawGroup, RawKey } from './groups.js';
import { type Grouping, isCalendarUnit } from './groups.js';

/** Both included, as whole days since 1970-01-01. */
export interface DaySpan {
  readonly first: number;
  readonly last: number;
}

/** The days that periods have in common, such as a week's days in one month; `last` before `first` where none. */
export function commonDays(
  periods: readonly { readonly unit: CalendarUnit; readonly period: number }[],
): DaySpan {
  return {
    first: Math.max(...periods.map(({ unit, period }) => firstDayOf(unit, period))),
    last: Math.min(...periods.map(({ unit, period }) => lastDayOf(unit, period))),
  };
}

/** Empty periods shown; one message with a mistyped year would make millions. */
const MAX_EMPTY = 1000;

interface EmptySpan extends DaySpan {
  /** A group of zero for each period; undefined where they are more than may be shown. */
  readonly groups: readonly RawGroup[] | undefined;
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
  const units = by.map((grouping) => (isCalendarUnit(grouping) ? grouping : undefined));
  const calendar = createCalendar(units, zone);
  const occupied = groups.map(({ keys }) => calendar.spanOf(keys)).sort((a, b) => a.first - b.first);
  const end = calendar.spanAt(days.last).last + 1;
  const spans: EmptySpan[] = [];
  let next = calendar.spanAt(days.first).first;
  for (const { first, last } of [...occupied, { first: end, last: end }]) {
    if (first > next)
      spans.push({ first: next, last: first - 1, groups: calendar.groupsIn(next, first - 1) });
    next = Math.max(next, last + 1);
  }
  const leftOut = longestBeyond(MAX_EMPTY, spans);
  return {
    groups: spans.flatMap((span) => (leftOut.has(span) ? [] : (span.groups ?? []))),
    leftOut: [...leftOut].map(({ first, last }) => ({ first, last })).sort((a, b) => a.first - b.first),
  };
}

/** The longest spans, without which no more than `limit` groups are left; of two as long, the earlier one first. */
function longestBeyond(limit: number, spans: readonly EmptySpan[]): Set<EmptySpan> {
  const sizeOf = ({ groups }: EmptySpan) => groups?.length ?? limit + 1;
  let size = spans.reduce((sum, span) => sum + sizeOf(span), 0);
  const leftOut = new Set<EmptySpan>();
  for (const span of spans.toSorted((a, b) => b.last - b.first - (a.last - a.first))) {
    if (size <= limit) break;
    leftOut.add(span);
    size -= sizeOf(span);
  }
  return leftOut;
}

/** Periods of one unit, or what periods of two have in common: a week's days in one month. */
function createCalendar(units: readonly (CalendarUnit | undefined)[], zone: TimeZone) {
  const used = units.filter((unit) => unit !== undefined);

  function spanOf(keys: readonly RawKey[]): DaySpan {
    return commonDays(
      units.flatMap((unit, index) => (unit === undefined ? [] : [{ unit, period: Number(keys[index]) }])),
    );
  }

  const keysAt = (day: number) => units.map((unit) => unit && periodOf(unit, day));

  /** A group of zero for each period of a span; undefined for more than may be shown. */
  function groupsIn(first: number, last: number): RawGroup[] | undefined {
    const groups: RawGroup[] = [];
    for (let day = first; day <= last; ) {
      const keys = keysAt(day);
      if (!used.includes('day') || hasDay(zone, day)) groups.push({ keys, messages: 0, credits: ZERO });
      if (groups.length > MAX_EMPTY) return undefined;
      day = spanOf(keys).last + 1;
    }
    return groups;
  }

  return { spanOf, spanAt: (day: number) => spanOf(keysAt(day)), groupsIn };
}
