import { firstDayOf, lastDayOf, periodOf } from '../../calendar/days.js';
import { compareInstants, type Instant, wholeMilliseconds } from '../../calendar/instant.js';
import { periodState, type TimeZone } from '../../calendar/time-zone.js';
import { addSums, type Sum } from '../pricing/sums.js';
import { type Change, changeOf, type Movers, moversOf } from './changes.js';
import type { InputSums } from './input-sums.js';

/** An export or a snapshot that was read. */
export interface HistoryInput {
  /** As the user named it. */
  readonly name: string;
  /** When it was made. */
  readonly madeAt: Instant;
  /** What says so: the time of a file may be that of its copy. */
  readonly madeBy: 'snapshot' | 'receipt' | 'file';
  readonly sums: InputSums;
}

/** An older input of the same period. */
export interface ReplacedInput {
  readonly input: HistoryInput;
  /** What the newer one has more; negative where it has less. */
  readonly change: Change;
  /** Whether the period was over when it was made, and has changed all the same. */
  readonly changedAfterClose: boolean;
}

export interface HistoryPeriod {
  /** As `periodOf` counts months. */
  readonly month: number;
  readonly state: 'open' | 'closed';
  /** The newest of the period, which counts. */
  readonly input: HistoryInput;
  readonly replaced: readonly ReplacedInput[];
  /** Since the month before; undefined where that is not known, or this one is open. */
  readonly change: Change | undefined;
}

/** The open period so far, and the one before it up to the same time of the month. */
export interface ToDate {
  /** Each included. */
  readonly until: Instant;
  readonly untilBefore: Instant;
}

export interface History {
  /** The earliest first; at least one. */
  readonly periods: readonly HistoryPeriod[];
  readonly total: Sum;
  /** Where the last period is open and the one before it is known: what has to be read again. */
  readonly toDate: ToDate | undefined;
}

/** The last two periods beside each other. */
export interface Comparison {
  /** Undefined: both are whole. */
  readonly toDate: ToDate | undefined;
  readonly before: Sum;
  readonly now: Sum;
  readonly change: Change;
  readonly movers: Movers;
}

/**
 * Puts inputs in the order of their periods. A period is the calendar month of most messages of an input, as where a
 * bill is closed. Of several inputs of one period the newest counts, of two as new the later one.
 *
 * @param inputs each with a message
 * @param asOf what is taken for now
 */
export function createHistory(inputs: readonly HistoryInput[], zone: TimeZone, asOf: Instant): History {
  const byMonth = new Map<number, HistoryInput[]>();
  for (const input of inputs) {
    const { month } = input.sums;
    if (month === undefined) continue;
    byMonth.set(month, [...(byMonth.get(month) ?? []), input]);
  }
  const months = [...byMonth.keys()].sort((a, b) => a - b);
  const newest = new Map<number, HistoryInput>();
  const periods = months.map((month): HistoryPeriod => {
    const [input, ...older] = (byMonth.get(month) ?? [])
      .toReversed()
      .sort((a, b) => compareInstants(b.madeAt, a.madeAt));
    if (input === undefined) throw new Error('a month without inputs');
    newest.set(month, input);
    const state = stateOf(input, zone, asOf);
    const before = newest.get(month - 1);
    return {
      month,
      state,
      input,
      replaced: older.map((each) => replaced(each, input, zone)),
      change: before && state === 'closed' ? changeOf(before.sums.total, input.sums.total) : undefined,
    };
  });
  const last = periods.at(-1);
  const hasBefore = last !== undefined && newest.has(last.month - 1);
  return {
    periods,
    total: totalOf(periods.map(({ input }) => input.sums.total)),
    toDate: hasBefore && last.state === 'open' ? toDateOf(last, zone, asOf) : undefined,
  };
}

/** Without a cost where that of a period is not known. */
function totalOf(sums: readonly Sum[]): Sum {
  const { messages, credits, cost } = addSums(sums);
  return sums.every((sum) => sum.cost !== undefined) ? { messages, credits, cost } : { messages, credits };
}

/** Compares the last two periods, given their sums: up to the times of `toDate` where that is there. */
export function compareLast(before: InputSums, now: InputSums, toDate: ToDate | undefined): Comparison {
  return {
    toDate,
    before: before.total,
    now: now.total,
    change: changeOf(before.total, now.total),
    movers: moversOf(before.byReport, now.byReport),
  };
}

/** Nothing is known of the time after an input was made, where something says when that was. */
function knownUntil({ madeAt, madeBy }: HistoryInput, asOf: Instant): Instant {
  return madeBy !== 'file' && compareInstants(madeAt, asOf) < 0 ? madeAt : asOf;
}

function stateOf(input: HistoryInput, zone: TimeZone, asOf: Instant): 'open' | 'closed' {
  return periodState(input.sums.last, zone, knownUntil(input, asOf));
}

function replaced(older: HistoryInput, newer: HistoryInput, zone: TimeZone): ReplacedInput {
  const change = changeOf(older.sums.total, newer.sums.total);
  const isClosed = stateOf(older, zone, older.madeAt) === 'closed';
  return { input: older, change, changedAfterClose: isClosed && !change.isNone };
}

/** Up to when the input was made; where only its file's time is known, up to its last message. */
function toDateOf({ input, month }: HistoryPeriod, zone: TimeZone, asOf: Instant): ToDate {
  const { last = asOf } = input.sums;
  const known = input.madeBy === 'file' ? last : knownUntil(input, asOf);
  const until = compareInstants(known, asOf) < 0 ? known : asOf;
  return { until, untilBefore: sameTimeIn(month - 1, until, zone) };
}

/** The same day and time of day in another month, or the end of that month where it has no such day. */
export function sameTimeIn(month: number, instant: Instant, zone: TimeZone): Instant {
  const day = zone.dayOf(instant);
  const sameDay = firstDayOf('month', month) + day - firstDayOf('month', periodOf('month', day));
  const lastDay = lastDayOf('month', month);
  const milliseconds =
    zone.startOfDay(sameDay) + Math.max(wholeMilliseconds(instant) - zone.startOfDay(day), 0);
  const end = zone.startOfDay(Math.min(sameDay, lastDay) + 1);
  // After every fraction of the last second, a leap second included.
  if (sameDay > lastDay || milliseconds >= end)
    return { milliseconds: end - 1, digits: `:${'9'.repeat(20)}` };
  return typeof instant === 'number' ? milliseconds : { ...instant, milliseconds };
}
