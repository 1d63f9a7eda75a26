import { compareInstants, type Instant, instantOf } from '../../calendar/instant.js';
import type { TimeBound, TimeZone } from '../../calendar/time-zone.js';
import { type CreditPrices, NO_COST } from '../../rates/money.js';
import type { UsageItem } from '../pricing/priced-row.js';
import { addSums, createSum, type Sum } from '../pricing/sums.js';
import {
  createGroupKeys,
  type DaySpan,
  emptyPeriods,
  type Grouping,
  type GroupKey,
  isCalendarUnit,
  type RawGroup,
} from './groups.js';
import { divideUnits, WHOLE } from './shares.js';

export interface SummaryGroup extends Sum {
  /** One for each grouping, in their order; undefined in a period without messages. */
  readonly keys: readonly (GroupKey | undefined)[];
  /** Hundredths of a percent of all credits; those of all groups add up to 10,000. */
  readonly share: number;
}

/** The sums of the groups that a second grouping breaks one of the first down to. */
export interface Subtotal extends Sum {
  readonly key: GroupKey;
  readonly share: number;
}

/** Sums of rows by one or two groupings. */
export interface Summary extends Sum {
  /** Of the costs; undefined where a credit has no price. */
  readonly currency: string | undefined;
  readonly by: readonly Grouping[];
  readonly groups: readonly SummaryGroup[];
  /** In the order of the groups; none where there is one grouping. */
  readonly subtotals: readonly Subtotal[];
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
export function dayBounds({
  since,
  until,
}: {
  readonly since?: TimeBound;
  readonly until?: TimeBound;
}): DayBounds {
  return {
    ...(since !== undefined && { first: since.firstDay }),
    ...(until !== undefined && { last: until.dayBefore }),
  };
}

/** Sums of messages that belong to one group. */
export interface GroupSum extends Sum {
  /** Any message of the group, for its keys. */
  readonly item: UsageItem;
  /** Any local day of the group, as whole days since 1970-01-01. */
  readonly day: number;
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
  const keys = createGroupKeys(by);
  const sums = new Map<number | string, Map<number | string, ReturnType<typeof createSum>>>();
  const days = new Map<number, ReturnType<typeof createSum>>();
  const elsewhere = createSum(none);
  /** Rows are mostly ordered by time, so that one day follows the other. */
  let sumOfDay = elsewhere;
  let currentDay = Number.NaN;
  let first: MessageTime | undefined;
  let last: MessageTime | undefined;

  function sumOf(item: UsageItem, day: number): ReturnType<typeof createSum> {
    const outer = keys.keyOf(by[0], item, day);
    const inner = by[1] === undefined ? 0 : keys.keyOf(by[1], item, day);
    let innerSums = sums.get(outer);
    if (innerSums === undefined) {
      innerSums = new Map();
      sums.set(outer, innerSums);
    }
    let sum = innerSums.get(inner);
    if (sum === undefined) {
      sum = createSum(none);
      innerSums.set(inner, sum);
    }
    return sum;
  }

  function daySum(day: number): ReturnType<typeof createSum> {
    if (day === currentDay) return sumOfDay;
    currentDay = day;
    sumOfDay = days.get(day) ?? createSum(none);
    days.set(day, sumOfDay);
    return sumOfDay;
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
        sumOf(item, day).add(item.credits, 1, price);
        daySum(day).add(item.credits, 1, price);
      }
    },

    /** Adds messages that were summed up elsewhere; their times go to `addTime`. */
    addSum({ item, day, ...sum }: GroupSum): void {
      sumOf(item, day).addSum(sum);
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
        [...innerSums].map(([inner, sum]) => ({
          keys: by[1] === undefined ? [outer] : [outer, inner],
          ...sum.value(),
        })),
      );
      const firstDay = bounds.first ?? (first && zone.dayOf(first.instant));
      const lastDay = bounds.last ?? (last && zone.dayOf(last.instant));
      const empty =
        firstDay === undefined || lastDay === undefined || !keys.groupings.some(isCalendarUnit)
          ? { groups: [], leftOut: [] }
          : emptyPeriods(found, keys.groupings, { first: firstDay, last: lastDay }, zone);
      const sumsOfDays = new Map(Array.from(days, ([day, sum]) => [day, sum.value()]));
      const ordered = keys.inOrder([...found, ...empty.groups]);
      return {
        by: keys.groupings,
        currency: prices?.currency,
        ...withShares(ordered, keys),
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
function withShares(
  ordered: readonly RawGroup[],
  keys: ReturnType<typeof createGroupKeys>,
): Pick<Summary, 'groups' | 'subtotals'> {
  const isNested = keys.groupings.length > 1;
  const blocks: RawGroup[][] = [];
  for (const group of ordered) {
    const block = blocks.at(-1);
    if (isNested && block?.[0]?.keys[0] === group.keys[0]) block?.push(group);
    else blocks.push([group]);
  }
  const sums = blocks.map(addSums);
  const shares = divideUnits(
    WHOLE,
    sums.map(({ credits }) => credits),
  );

  const groups: SummaryGroup[] = [];
  const subtotals: Subtotal[] = [];
  for (const [index, sum] of sums.entries()) {
    const block = blocks[index] ?? [];
    const share = shares[index] ?? 0;
    const parts = divideUnits(
      share,
      block.map(({ credits }) => credits),
    );
    for (const [at, group] of block.entries()) {
      groups.push({ ...group, keys: keys.read(group.keys), share: parts[at] ?? 0 });
    }
    const key = groups.at(-1)?.keys[0];
    if (isNested && key !== undefined && sum.messages > 0) subtotals.push({ key, ...sum, share });
  }
  return { groups, subtotals };
}
