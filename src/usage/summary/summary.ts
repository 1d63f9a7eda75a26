import { compareInstants, type Instant, instantOf } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { type CreditPrices, NO_COST } from '../../rates/money.js';
import type { UsageItem } from '../pricing/priced-row.js';
import { addSums, createSums, divideUnits, RunningSum, type Sum, WHOLE } from '../pricing/sums.js';
import type { RowQuery } from '../rows/row-query.js';
import {
  type CountingKey,
  createCountingKeys,
  type DaySpan,
  emptyPeriods,
  type Group,
  type Grouping,
  type GroupKey,
  inOrder,
  isCalendarUnit,
  keyName,
} from './groups.js';

export interface SummaryGroup extends Group {
  /** Hundredths of a percent of all credits; those of all groups add up to 10,000. */
  readonly share: number;
}

/** Sums of rows by one or two groupings. */
export interface Summary extends Sum {
  /** Of the costs; undefined where a credit has no price. */
  readonly currency: string | undefined;
  readonly by: readonly Grouping[];
  readonly groups: readonly SummaryGroup[];
  /** Of the groups that a second grouping breaks one of the first down to, in their order. */
  readonly subtotals: readonly SummaryGroup[];
  /** Periods without messages that are too many to be groups, the earliest first. */
  readonly emptySpans: readonly DaySpan[];
  /** The earliest and the latest message; undefined where there is none. */
  readonly first: MessageTime | undefined;
  readonly last: MessageTime | undefined;
  /** Local days, as whole days since 1970-01-01, of the messages that were added one by one. */
  readonly days: ReadonlyMap<number, Sum>;
}

interface MessageTime {
  readonly instant: Instant;
  /** As upstream sent it. */
  readonly timestamp: string;
}

/** Local days, as whole days since 1970-01-01, that a summary shows though they hold no message. */
export interface DayBounds {
  readonly first?: number;
  readonly last?: number;
}

/** The days that the bounds of a time range name. */
export function dayBounds({ since, until }: Pick<RowQuery, 'since' | 'until'>): DayBounds {
  return {
    ...(since !== undefined && { first: since.firstDay }),
    ...(until !== undefined && { last: until.dayBefore }),
  };
}

/**
 * Adds up rows as they pass: memory grows with the groups, not with the rows.
 *
 * @param by one grouping, or two: the second breaks down each group of the first
 * @param prices what a credit costs, where it has a price
 */
export function createSummary(
  by: readonly [Grouping, Grouping?],
  zone: TimeZone,
  prices?: Pick<CreditPrices, 'currency'> & Partial<CreditPrices>,
) {
  const none = prices && NO_COST;
  const [outerBy, innerBy] = by;
  const groupings = by.filter((grouping) => grouping !== undefined);
  const keys = createCountingKeys();
  const sums = new Map<CountingKey, ReturnType<typeof createSums<CountingKey>>>();
  const days = createSums<number>(none);
  const elsewhere = new RunningSum(none);
  let first: MessageTime | undefined;
  let last: MessageTime | undefined;

  function sumOf(outer: CountingKey, inner: CountingKey) {
    let innerSums = sums.get(outer);
    if (innerSums === undefined) {
      innerSums = createSums(none);
      sums.set(outer, innerSums);
    }
    return innerSums.of(inner);
  }

  /** Of two at one instant the smaller text, so that the order of messages does not matter. */
  function addTime(timestamp: string): Instant {
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
        const day = zone.dayOf(addTime(item.message.timestamp));
        const price = prices?.priceOf?.(item.message);
        const inner = innerBy === undefined ? 0 : keys.ofItem(innerBy, item, day);
        sumOf(keys.ofItem(outerBy, item, day), inner).add(item.credits, 1, price);
        days.of(day).add(item.credits, 1, price);
      }
    },

    /** Adds messages that were summed up elsewhere; their times go to `addTime`. */
    addGroup(group: readonly GroupKey[], sum: Sum): void {
      const [outer = 0, inner = 0] = group.map(keys.ofGroup);
      sumOf(outer, inner).addSum(sum);
      elsewhere.addSum(sum);
    },
    addTime,

    /**
     * The groups in order: periods by time, kinds as they are listed, reports by what they cost in all. Periods
     * without a message, from the first to the last message or as far as `bounds` says, are groups of zero, unless
     * they are too many.
     */
    value(bounds: DayBounds = {}): Summary {
      const found = [...sums].flatMap(([outer, innerSums]) =>
        Array.from(innerSums.values(), ([inner, sum]) => ({
          keys: [keys.read(outerBy, outer), ...(innerBy === undefined ? [] : [keys.read(innerBy, inner)])],
          ...sum,
        })),
      );
      const firstDay = bounds.first ?? (first && zone.dayOf(first.instant));
      const lastDay = bounds.last ?? (last && zone.dayOf(last.instant));
      const empty =
        firstDay === undefined || lastDay === undefined || !groupings.some(isCalendarUnit)
          ? { groups: [], leftOut: [] }
          : emptyPeriods(found, groupings, { first: firstDay, last: lastDay }, zone);
      const sumsOfDays = days.values();
      return {
        by: groupings,
        currency: prices?.currency,
        ...withShares(inOrder([...found, ...empty.groups]), innerBy !== undefined),
        emptySpans: empty.leftOut,
        ...addSums([elsewhere.value(), ...sumsOfDays.values()]),
        first,
        last,
        days: sumsOfDays,
      };
    },
  };
}

/** The groups and the subtotals with their shares: each level adds up to the one above it. */
function withShares(ordered: readonly Group[], isNested: boolean): Pick<Summary, 'groups' | 'subtotals'> {
  const blocks: Group[][] = [];
  let above: string | undefined;
  for (const group of ordered) {
    const name = keyName(group.keys[0]);
    if (isNested && name === above) blocks.at(-1)?.push(group);
    else blocks.push([group]);
    above = name;
  }
  const sums = blocks.map((block) => addSums(block));
  const shares = divideUnits(
    WHOLE,
    sums.map(({ credits }) => credits),
  );

  const groups: SummaryGroup[] = [];
  const subtotals: SummaryGroup[] = [];
  for (const [index, sum] of sums.entries()) {
    const block = blocks[index] ?? [];
    const share = shares[index] ?? 0;
    const parts = divideUnits(
      share,
      block.map(({ credits }) => credits),
    );
    for (const [at, group] of block.entries()) {
      groups.push({ ...group, share: parts[at] ?? 0 });
    }
    const key = block[0]?.keys[0];
    if (isNested && key !== undefined && sum.messages > 0) subtotals.push({ keys: [key], ...sum, share });
  }
  return { groups, subtotals };
}
