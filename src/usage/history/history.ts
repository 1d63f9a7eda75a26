import type { Decimal } from 'decimal.js';
import { firstDayOf, lastDayOf, periodOf } from '../../calendar/days.js';
import { compareInstants, type Instant, wholeMilliseconds } from '../../calendar/instant.js';
import { periodState, type TimeZone } from '../../calendar/time-zone.js';
import { ExactDecimal } from '../../engine/amount.js';
import { compareAmounts, subtractAmounts, toDecimal, ZERO } from '../../engine/index.js';
import { NO_COST, subtractCosts } from '../../rates/money.js';
import { addSums, type Sum } from '../pricing/sums.js';
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

/** The open period so far, and the one before it up to the same time of the month. */
export interface ToDate {
  /** Each included. */
  readonly until: Instant;
  readonly untilBefore: Instant;
}

export type History = ReturnType<typeof createHistory>;
export type HistoryPeriod = History['periods'][number];
export type ReplacedInput = HistoryPeriod['replaced'][number];

/** The last two periods beside each other. */
export type Comparison = ReturnType<typeof compareLast>;

/**
 * Puts inputs in the order of their periods. A period is the calendar month of most messages of an input, as where a
 * bill is closed. Of several inputs of one period the newest counts, of two as new the later one.
 *
 * @param inputs each with a message
 * @param asOf what is taken for now
 */
export function createHistory<Input extends HistoryInput>(
  inputs: readonly Input[],
  zone: TimeZone,
  asOf: Instant,
) {
  const newestFirst = inputs.toReversed().sort((a, b) => compareInstants(b.madeAt, a.madeAt));
  const newest = new Map<number, Input>();
  for (const input of newestFirst) {
    const { month } = input.sums;
    if (month !== undefined && !newest.has(month)) newest.set(month, input);
  }
  const periods = Array.from(newest, ([month, input]) => {
    const state = stateOf(input, zone, asOf);
    const before = newest.get(month - 1);
    const older = newestFirst.filter((each) => each !== input && each.sums.month === month);
    return {
      /** As `periodOf` counts months. */
      month,
      state,
      /** The newest of the period, which counts. */
      input,
      replaced: older.map((each) => replaced(each, input, zone)),
      /** Since the month before; undefined where that is not known, or this one is open. */
      change: before && state === 'closed' ? changeOf(before.sums.total, input.sums.total) : undefined,
    };
  }).sort((a, b) => a.month - b.month);
  const last = periods.at(-1);
  const hasBefore = last !== undefined && newest.has(last.month - 1);
  return {
    /** The earliest first; at least one. */
    periods,
    total: totalOf(periods.map(({ input }) => input.sums.total)),
    /** Where the last period is open and the one before it is known: what has to be read again. */
    toDate: hasBefore && last.state === 'open' ? toDateOf(last.input, last.month, zone, asOf) : undefined,
  };
}

/** Without a cost where that of a period is not known. */
function totalOf(sums: readonly Sum[]): Sum {
  const { messages, credits, cost } = addSums(sums);
  return sums.every((sum) => sum.cost !== undefined) ? { messages, credits, cost } : { messages, credits };
}

/** Compares the last two periods, given their sums: up to the times of `toDate` where that is there. */
export function compareLast(before: InputSums, now: InputSums, toDate: ToDate | undefined) {
  return {
    /** Undefined: both are whole. */
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

/** An older input of the same period as `newer`. */
function replaced(older: HistoryInput, newer: HistoryInput, zone: TimeZone) {
  const change = changeOf(older.sums.total, newer.sums.total);
  const isClosed = stateOf(older, zone, older.madeAt) === 'closed';
  return {
    input: older,
    change,
    /** Whether the period was over when it was made, and has changed all the same. */
    changedAfterClose: isClosed && !change.isNone,
  };
}

/** Up to when the input was made; where only its file's time is known, up to its last message. */
function toDateOf(input: HistoryInput, month: number, zone: TimeZone, asOf: Instant): ToDate {
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

/** What one sum has more than another; negative where it has less. */
export type Change = ReturnType<typeof changeOf>;

export function changeOf(before: Sum, now: Sum) {
  const messages = now.messages - before.messages;
  const credits = subtractAmounts(now.credits, before.credits);
  const cost = now.cost && before.cost && subtractCosts(now.cost, before.cost);
  return {
    messages,
    credits,
    /** Undefined where one of them has no cost. */
    cost,
    /** In per cent of the first, with two decimals; undefined of nothing. */
    percent: {
      messages: percentOf(new ExactDecimal(messages), new ExactDecimal(before.messages)),
      credits: percentOf(toDecimal(credits), toDecimal(before.credits)),
      cost: cost && before.cost && percentOf(cost, before.cost),
    },
    isNone: messages === 0 && compareAmounts(credits, ZERO) === 0 && (cost ?? NO_COST).isZero(),
  };
}

function percentOf(part: Decimal, whole: Decimal): string | undefined {
  if (whole.isZero()) return undefined;
  // Adding 0 makes a negative zero an ordinary one.
  return part.times(100).div(whole).toDecimalPlaces(2, ExactDecimal.ROUND_HALF_UP).plus(0).toFixed(2);
}

/** The sums of one report in two periods. */
export interface Mover {
  /** Undefined: messages that their texts priced. */
  readonly reportName: string | undefined;
  readonly before: Sum;
  readonly now: Sum;
  readonly change: Change;
}

/** Movers of each kind. */
const MOST_MOVERS = 5;

/** The reports whose credits changed most, the largest change first. */
export function moversOf(before: InputSums['byReport'], now: InputSums['byReport']) {
  const hasCost = [...before.values(), ...now.values()].some(({ cost }) => cost !== undefined);
  const nothing: Sum = { messages: 0, credits: ZERO, ...(hasCost && { cost: NO_COST }) };
  const movers = [...new Set([...before.keys(), ...now.keys()])].map((reportName): Mover => {
    const [then, after] = [before.get(reportName) ?? nothing, now.get(reportName) ?? nothing];
    return { reportName, before: then, now: after, change: changeOf(then, after) };
  });
  // Equal changes in the order of the names, whatever the order of the messages.
  const byName = (a: Mover, b: Mover) => ((a.reportName ?? '') < (b.reportName ?? '') ? -1 : 1);
  const largest = (sign: 1 | -1) =>
    movers
      .filter(({ change }) => sign * compareAmounts(change.credits, ZERO) > 0)
      .sort((a, b) => sign * compareAmounts(b.change.credits, a.change.credits) || byName(a, b))
      .slice(0, MOST_MOVERS);
  return { increases: largest(1), decreases: largest(-1) };
}
