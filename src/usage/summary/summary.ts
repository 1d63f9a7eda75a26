import { compareInstants, type Instant, instantOf } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { type Amount, addAmounts, createTotal, type Total } from '../../engine/index.js';
import type { UsageItem } from '../pricing/priced-row.js';
import type { RowQuery } from '../rows/row-query.js';
import { type DaySpan, emptyPeriods } from './empty-periods.js';
import { createGroupKeys, type Grouping, type GroupKey, isCalendarUnit, type RawGroup } from './groups.js';
import { divideUnits } from './shares.js';

export interface SummaryGroup {
  /** One for each grouping, in the order they were asked for; undefined in a period that holds no message. */
  readonly keys: readonly (GroupKey | undefined)[];
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
  /** Hundredths of a percent of all credits; those of all groups add up to 10,000. */
  readonly share: number;
}

/** The sums of the groups that a second grouping breaks one of the first down to. */
export interface Subtotal extends Omit<SummaryGroup, 'keys'> {
  readonly key: GroupKey;
}

/** Sums of the rows read, by what was asked for. */
export interface Summary {
  readonly by: readonly Grouping[];
  readonly groups: readonly SummaryGroup[];
  /** In the order of the groups; none where there is one grouping. */
  readonly subtotals: readonly Subtotal[];
  /** Periods without messages that are too many to be groups, the earliest first. */
  readonly emptySpans: readonly DaySpan[];
  readonly messages: number;
  /** Credits, exact: the same total that `usage` shows. */
  readonly credits: Amount;
  /** The earliest and the latest message; undefined where there is none. */
  readonly first: Moment | undefined;
  readonly last: Moment | undefined;
}

interface Moment {
  readonly instant: Instant;
  /** As upstream sent it. */
  readonly timestamp: string;
}

/** Local days, as whole days since 1970-01-01, that a summary shows though they hold no message. */
export interface DayBounds {
  readonly first?: number;
  readonly last?: number;
}

/** The days that `since` and `until` name. */
export function dayBounds({ since, until }: RowQuery): DayBounds {
  return {
    ...(since !== undefined && { first: since.firstDay }),
    ...(until !== undefined && { last: until.dayBefore }),
  };
}

/** Sums of messages that belong to one group. */
export interface GroupSums {
  /** Any message of the group, for its keys. */
  readonly item: UsageItem;
  /** Any local day of the group, as whole days since 1970-01-01. */
  readonly day: number;
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

interface Tally {
  messages: number;
  readonly credits: Total;
}

/**
 * Adds up rows as they pass: memory grows with the groups, not with the rows.
 *
 * @param by one grouping, or two: the second breaks down each group of the first
 */
export function createSummary(by: readonly [Grouping, Grouping?], zone: TimeZone) {
  const keys = createGroupKeys(by);
  const tallies = new Map<number | string, Map<number | string, Tally>>();
  const total = createTotal();
  let messages = 0;
  let first: Moment | undefined;
  let last: Moment | undefined;

  function tallyOf(item: UsageItem, day: number): Tally {
    const outer = keys.keyOf(by[0], item, day);
    const inner = by[1] === undefined ? 0 : keys.keyOf(by[1], item, day);
    const row = tallies.get(outer) ?? new Map<number | string, Tally>();
    const tally = row.get(inner) ?? { messages: 0, credits: createTotal() };
    if (tally.messages === 0) {
      row.set(inner, tally);
      tallies.set(outer, row);
    }
    return tally;
  }

  function addSums({ item, day, messages: more, credits }: GroupSums): void {
    const tally = tallyOf(item, day);
    tally.messages += more;
    tally.credits.add(credits);
    total.add(credits);
    messages += more;
  }

  /** Of two at one instant the smaller text, so that the order of messages does not matter. */
  function noteTime(timestamp: string): Instant {
    const instant = instantOf(timestamp);
    const afterFirst = first === undefined ? -1 : compareInstants(instant, first.instant);
    if (afterFirst < 0 || (afterFirst === 0 && first && timestamp < first.timestamp))
      first = { instant, timestamp };
    const afterLast = last === undefined ? 1 : compareInstants(instant, last.instant);
    if (afterLast > 0 || (afterLast === 0 && last && timestamp < last.timestamp))
      last = { instant, timestamp };
    return instant;
  }

  return {
    add(items: readonly UsageItem[]): void {
      for (const item of items) {
        const day = zone.dayOf(noteTime(item.message.timestamp));
        addSums({ item, day, messages: 1, credits: item.credits });
      }
    },
    addSums,
    noteTime,

    /**
     * The groups in order: periods by time, kinds as they are listed, reports by what they cost in all. Periods
     * without a message, from the first to the last message or as far as `range` says, are groups of zero, unless
     * they are too many.
     */
    value(range: DayBounds = {}): Summary {
      const found = [...tallies].flatMap(([outer, row]) =>
        [...row].map(([inner, tally]) => ({
          keys: by[1] === undefined ? [outer] : [outer, inner],
          messages: tally.messages,
          credits: tally.credits.value(),
        })),
      );
      const firstDay = range.first ?? (first && zone.dayOf(first.instant));
      const lastDay = range.last ?? (last && zone.dayOf(last.instant));
      const empty =
        firstDay === undefined || lastDay === undefined || !keys.groupings.some(isCalendarUnit)
          ? { groups: [], leftOut: [] }
          : emptyPeriods(found, keys.groupings, { first: firstDay, last: lastDay }, zone);
      const ordered = keys.inOrder([...found, ...empty.groups]);
      return {
        by: keys.groupings,
        ...withShares(ordered, keys),
        emptySpans: empty.leftOut,
        messages,
        credits: total.value(),
        first,
        last,
      };
    },
  };
}

const ALL = 10_000;

/** The groups and the subtotals with their shares: each level adds up to the one above it. */
function withShares(
  ordered: readonly RawGroup[],
  keys: ReturnType<typeof createGroupKeys>,
): Pick<Summary, 'groups' | 'subtotals'> {
  const outer: RawGroup[][] = [];
  for (const group of ordered) {
    const last = outer.at(-1);
    if (keys.groupings.length > 1 && last?.[0]?.keys[0] === group.keys[0]) last?.push(group);
    else outer.push([group]);
  }
  const sums = outer.map((groups) => ({
    groups,
    messages: groups.reduce((sum, group) => sum + group.messages, 0),
    credits: groups.reduce<Amount>((sum, group) => addAmounts(sum, group.credits), 0),
  }));
  const shares = divideUnits(
    ALL,
    sums.map(({ credits }) => credits),
  );

  const groups: SummaryGroup[] = [];
  const subtotals: Subtotal[] = [];
  for (const [index, sum] of sums.entries()) {
    const share = shares[index] ?? 0;
    const parts = divideUnits(
      share,
      sum.groups.map(({ credits }) => credits),
    );
    for (const [place, group] of sum.groups.entries()) {
      groups.push({ ...group, keys: keys.read(group.keys), share: parts[place] ?? 0 });
    }
    const key = groups.at(-1)?.keys[0];
    if (keys.groupings.length < 2 || key === undefined || sum.messages === 0) continue;
    subtotals.push({ key, messages: sum.messages, credits: sum.credits, share });
  }
  return { groups, subtotals };
}
