import { type Amount, createTotal, type Total } from '../engine/index.js';
import { instantOf } from '../source/timestamp.js';
import { fillPeriods } from './fill-periods.js';
import { createGroupKeys } from './group-keys.js';
import type { Grouping, GroupKey } from './grouping.js';
import type { UsageItem } from './item.js';
import type { Selection } from './selection.js';
import type { TimeZone } from './time-zone.js';

export interface SummaryGroup {
  /** One for each grouping, in the order they were asked for; undefined in a period that holds no message. */
  readonly keys: readonly (GroupKey | undefined)[];
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

/** Sums of the rows read, by what was asked for. */
export interface Summary {
  readonly by: readonly Grouping[];
  readonly groups: readonly SummaryGroup[];
  readonly messages: number;
  /** Credits, exact: the same total that `usage` shows. */
  readonly credits: Amount;
  /** The earliest and the latest message; undefined where there is none. */
  readonly first: Moment | undefined;
  readonly last: Moment | undefined;
}

interface Moment {
  /** Milliseconds since 1970 UTC. */
  readonly instant: number;
  /** As upstream sent it. */
  readonly timestamp: string;
}

/** Local days, as whole days since 1970-01-01, that a summary shows though they hold no message. */
export interface DayRange {
  readonly first?: number;
  readonly last?: number;
}

/** The days that `since` and `until` name. */
export function daysNamed({ since, until }: Selection, zone: TimeZone): DayRange {
  return {
    ...(since !== undefined && { first: zone.dayOf(since) }),
    ...(until !== undefined && { last: zone.dayOf(until - 1) }),
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
  function noteTime(timestamp: string): number {
    const instant = instantOf(timestamp);
    if (first === undefined || instant < first.instant) first = { instant, timestamp };
    else if (instant === first.instant && timestamp < first.timestamp) first = { instant, timestamp };
    if (last === undefined || instant > last.instant) last = { instant, timestamp };
    else if (instant === last.instant && timestamp < last.timestamp) last = { instant, timestamp };
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
     * without a message, from the first to the last message or as far as `range` says, are groups of zero.
     *
     * @throws CommandLineError when more than 10,000 periods would be empty
     */
    value(range: DayRange = {}): Summary {
      const found = [...tallies].flatMap(([outer, row]) =>
        [...row].map(([inner, tally]) => ({
          keys: by[1] === undefined ? [outer] : [outer, inner],
          messages: tally.messages,
          credits: tally.credits.value(),
        })),
      );
      const days = {
        first: range.first ?? (first && zone.dayOf(first.instant)),
        last: range.last ?? (last && zone.dayOf(last.instant)),
      };
      const all = fillPeriods(found, keys.groupings, days);
      const groups = keys.inOrder(all).map((group) => ({ ...group, keys: keys.read(group.keys) }));
      return { by: keys.groupings, groups, messages, credits: total.value(), first, last };
    },
  };
}
