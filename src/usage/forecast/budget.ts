import { firstDayOf, lastDayOf, periodOf } from '../../calendar/days.js';
import { type Instant, latest, wholeMilliseconds } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { ExactDecimal } from '../../engine/amount.js';
import {
  type Amount,
  addAmounts,
  compareAmounts,
  subtractAmounts,
  toAmount,
  toDecimal,
  ZERO,
} from '../../engine/index.js';
import type { RowQuery } from '../rows/row-query.js';
import { type DayBounds, dayBounds, type Summary } from '../summary/summary.js';
import { forecast } from './forecast.js';
import { amountIn, CREDITS, type Limit } from './limit.js';

/** What was used on a local day: whole days since 1970-01-01. */
interface DayUsage {
  readonly day: number;
  /** Exact; in credits or in money. */
  readonly used: Amount;
}

export interface PeriodFacts {
  readonly zone: TimeZone;
  /** Of `--since` and `--until`. */
  readonly bounds: DayBounds;
  /** Of the last message. */
  readonly last: Instant | undefined;
  /** Later messages count too: then it is as late as the last of them. */
  readonly now: Instant;
}

export type PeriodUsage = ReturnType<typeof periodUsage>;

/** Usage so far in a billing period: the calendar month of the last message, or what time bounds leave of it. */
export function periodUsage(usage: ReadonlyMap<number, Amount>, { zone, bounds, last, now }: PeriodFacts) {
  const until = latest(last, now);
  const today = zone.dayOf(until);
  const { firstDay, lastDay } = periodAround(last === undefined ? today : zone.dayOf(last), bounds);
  const days = Array.from(usage, ([day, used]) => ({ day, used })).sort((a, b) => a.day - b.day);
  const used = sumOf(days);
  const inPeriod = sumOf(days.filter(({ day }) => day >= firstDay));
  const isClosed = today > lastDay;
  // Whole seconds, as they are written, so that the result can be made again.
  const seconds = Math.floor(wholeMilliseconds(until) / 1000);
  const [start, end] = [zone.startOfDay(today), zone.startOfDay(today + 1)];
  const ofToday = Math.max(0, Math.min(1, (seconds * 1000 - start) / (end - start)));
  const elapsed = isClosed ? lastDay - firstDay + 1 : Math.max(0, today - firstDay + ofToday);
  const state: 'open' | 'closed' = isClosed ? 'closed' : 'open';
  return {
    firstDay,
    lastDay,
    /** `closed` once its last day is over. */
    state,
    /** Days of it that are over, and the part of today that is. */
    elapsed,
    /** Used a day so far, rounded; the first day counts as a whole one. */
    dailyRate: perDay(inPeriod, Math.max(1, elapsed)),
    /** Of all messages, also of those before the first day. */
    used,
    /** Days with usage, the earliest first. */
    days,
    /** From today to the last day; undefined where the period is closed, or it is too early to say. */
    projection: isClosed ? undefined : project(days, used, { firstDay, lastDay, today, ofToday }),
  };
}

/** What usage is counted in: the zone of its days, and the rows that count. */
interface Counting {
  readonly zone: TimeZone;
  readonly selection: RowQuery;
}

/** Usage of a period in credits or in money, from the sums of its days. */
export function usageOf(
  { days, last }: Pick<Summary, 'days' | 'last'>,
  unit: string,
  { zone, selection }: Counting,
  now: Instant,
): PeriodUsage {
  const used = new Map(Array.from(days, ([day, sum]) => [day, amountIn(unit, sum)]));
  return periodUsage(used, { zone, bounds: dayBounds(selection), last: last?.instant, now });
}

/** Undefined where nothing is used yet, or the period is closed. */
export function outlookOf(
  summary: Summary,
  limit: Limit | undefined,
  counting: Counting,
  now: Instant,
): Outlook | undefined {
  const unit = limit?.unit ?? CREDITS;
  const usage = usageOf(summary, unit, counting, now);
  if (usage.state === 'closed' || summary.messages === 0) return undefined;
  return { usage, unit, budget: limit && budgetOf(usage, limit.amount) };
}

/** Rounded as estimates are. */
function perDay(amount: Amount, days: number): Amount {
  const exact = toDecimal(amount);
  return toAmount(exact.div(days).toDecimalPlaces(placesOf(exact.e)));
}

/** The month of a day, as far as the bounds go; one day at the least. */
function periodAround(
  day: number,
  { first = Number.NEGATIVE_INFINITY, last = Number.POSITIVE_INFINITY }: DayBounds,
) {
  const month = periodOf('month', Math.min(Math.max(day, first), last));
  const firstDay = Math.max(firstDayOf('month', month), first);
  return { firstDay, lastDay: Math.max(firstDay, Math.min(lastDayOf('month', month), last)) };
}

/** Binary fractions are for the estimate alone: amounts of any size come as fractions of the power of ten below the sum. */
function project(
  days: readonly DayUsage[],
  used: Amount,
  { firstDay, lastDay, today, ofToday }: Record<'firstDay' | 'lastDay' | 'today' | 'ofToday', number>,
) {
  if (today < firstDay) return undefined;
  const exponent = toDecimal(used).e;
  const scaled = Array.from({ length: today - firstDay + 1 }, () => 0);
  for (const { day, used: amount } of days) {
    if (day >= firstDay) scaled[day - firstDay] = toDecimal(amount).times(powerOfTen(-exponent)).toNumber();
  }
  const earlier = sumOf(days.filter(({ day }) => day < firstDay));
  const places = placesOf(exponent);
  const amountOf = (estimate: number) => {
    const more = new ExactDecimal(estimate).times(powerOfTen(exponent)).toDecimalPlaces(places);
    const amount = addAmounts(earlier, toAmount(more));
    return compareAmounts(amount, used) < 0 ? used : amount;
  };
  return forecast({ days: scaled, elapsed: ofToday, firstDay, lastDay })?.map(
    ({ day, projected, low, high }) => ({
      day,
      projected: amountOf(projected),
      low: amountOf(low),
      high: amountOf(high),
    }),
  );
}

/** Digits after the point of an estimate, and digits at all where it is small. */
const LEAST_PLACES = 2;
const LEAST_DIGITS = 4;

/** @param exponent of ten below the amount */
function placesOf(exponent: number): number {
  return Math.max(LEAST_PLACES, LEAST_DIGITS - 1 - exponent);
}

function powerOfTen(exponent: number) {
  return new ExactDecimal(`1e${exponent}`);
}

function sumOf(days: readonly DayUsage[]): Amount {
  return days.reduce((sum, { used }) => addAmounts(sum, used), ZERO);
}

/** What a limit of usage is found to be. */
export const CROSSINGS = ['warn', 'forecast', 'over'] as const;
export type Crossing = (typeof CROSSINGS)[number];

/** What can be said of the end of an open period. */
export interface Outlook {
  readonly usage: PeriodUsage;
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly budget: Budget | undefined;
}

/** The usage of a period beside its limit. */
export type Budget = ReturnType<typeof budgetOf>;

/** @param warn percent of the limit from which on there is a warning */
export function budgetOf(usage: PeriodUsage, limit: Amount, warn?: Amount) {
  const exceeds = (amount: Amount) => compareAmounts(amount, limit) > 0;
  const crossedOn = firstBeyond(usage.days, limit);
  const crossesOn =
    crossedOn === undefined ? usage.projection?.find(({ projected }) => exceeds(projected))?.day : undefined;
  const warnAt = warn === undefined ? undefined : toAmount(toDecimal(limit).times(toDecimal(warn)).div(100));
  const isTrue: Readonly<Record<Crossing, boolean>> = {
    warn: warnAt !== undefined && compareAmounts(usage.used, warnAt) >= 0,
    forecast: crossesOn !== undefined,
    over: crossedOn !== undefined,
  };
  return {
    limit,
    usage,
    /** Negative where more is used than the limit. */
    left: subtractAmounts(limit, usage.used),
    /** Percent of the limit that is used, rounded down to two decimals. */
    share: toAmount(toDecimal(usage.used).times(100).div(toDecimal(limit)).toDecimalPlaces(2, ROUND_DOWN)),
    /** The usage from which on there is a warning; undefined without one. */
    warnAt,
    /** The day on which the limit was crossed. */
    crossedOn,
    /** The day on which it is projected to be crossed. */
    crossesOn,
    /** What is true of it; none: it is within the limit, as far as one knows. */
    crossings: CROSSINGS.filter((crossing) => isTrue[crossing]),
  };
}

const ROUND_DOWN = 1;

/** The gravest that is true. */
export function statusOf({ crossings }: Budget): Crossing | 'within' {
  return crossings.at(-1) ?? 'within';
}

/** What may be used a day until the period ends; undefined where nothing is left, of the limit or of the period. */
export function leftPerDay({ left, usage }: Budget): Amount | undefined {
  const { firstDay, lastDay, elapsed, state } = usage;
  if (state === 'closed' || compareAmounts(left, ZERO) <= 0) return undefined;
  return perDay(left, Math.max(1, lastDay + 1 - firstDay - elapsed));
}

/** The first day at whose end more than `limit` was used. */
function firstBeyond(days: readonly DayUsage[], limit: Amount): number | undefined {
  let sum = ZERO;
  for (const { day, used } of days) {
    sum = addAmounts(sum, used);
    if (compareAmounts(sum, limit) > 0) return day;
  }
  return undefined;
}
