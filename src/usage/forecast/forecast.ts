/*
 * An estimate, in binary floating point; what is used already is exact and no matter of this file. Only operations that
 * IEEE 754 rounds exactly are used, so that every engine gives the same digits. docs/budget.md says how it is made.
 */

/** Days that must be over before there is a forecast. */
export const FEWEST_DAYS = 3;

/** The usage of a period, in credits or in money. Days are whole days since 1970-01-01. */
export interface UsageSoFar {
  /** From the first day of the period to today, whose usage is not complete. */
  readonly days: readonly number[];
  /** How much of today is over, from 0 to 1. */
  readonly elapsed: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Estimated usage from the beginning of the period to the end of a day. */
export interface Estimate {
  readonly day: number;
  readonly projected: number;
  /** Bounds of the 80 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Each day from today to the last of the period; undefined while it is too early to say, and once the period is over. */
export function forecast({ days, elapsed, firstDay, lastDay }: UsageSoFar): readonly Estimate[] | undefined {
  const over = days.slice(0, -1);
  const today = firstDay + over.length;
  if (over.length < FEWEST_DAYS || today > lastDay) return undefined;
  const factors = weekdayFactors(over, firstDay);
  const factorOf = (day: number) => factors[weekdayOf(day)] ?? 1;
  const { rate, variance, weight } = runRate(
    over.map((used, index) => ({ used, factor: factorOf(firstDay + index) })),
  );

  const used = sum(days);
  let left = 0;
  return Array.from({ length: lastDay - today + 1 }, (_, index) => {
    const day = today + index;
    left += factorOf(day) * (index === 0 ? 1 - elapsed : 1);
    const scatter = variance * left;
    const doubt = (variance / weight) * square(left);
    const drift = square(rate * left * DRIFT * (day - firstDay + 1 - over.length / 2)) / 4;
    const margin = DEVIATIONS_OF_80 * (1 + 1 / over.length) * Math.sqrt(scatter + doubt + drift);
    const projected = used + rate * left;
    return { day, projected, low: Math.max(used, projected - margin), high: projected + margin };
  });
}

const DEVIATIONS_OF_80 = 1.28;
/** Change of the run rate a day. */
const DRIFT = 0.0175;
const CLASS_DAYS = 2;
const WEEKDAY_DAYS = 12;
const WEEKEND = 0.65;
/** 0.5 to the power of 1/8: half after eight days. */
const DECAY = 0.9170040432046712;
/** Least factor of a day, so that a weekday without any usage does not give an infinite rate. */
const LEAST_FACTOR = 0.05;

/** 0 is Monday; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

const isWeekend = (weekday: number) => weekday >= 5;

/** How much of an average day is used on each day of the week. */
function weekdayFactors(days: readonly number[], firstDay: number): number[] {
  const typical = withoutBursts(days);
  const mean = sum(typical) / days.length;
  const ratios = typical.map((used, index) => ({
    ratio: mean === 0 ? 1 : used / mean,
    weekday: weekdayOf(firstDay + index),
  }));
  const ratiosOf = (isWanted: (weekday: number) => boolean) =>
    ratios.filter(({ weekday }) => isWanted(weekday)).map(({ ratio }) => ratio);
  const ofClass = (weekend: boolean) =>
    drawnMean(
      ratiosOf((weekday) => isWeekend(weekday) === weekend),
      weekend ? WEEKEND : 1,
      CLASS_DAYS,
    );
  const [working, weekend] = [ofClass(false), ofClass(true)];
  return Array.from({ length: 7 }, (_, weekday) =>
    drawnMean(
      ratiosOf((each) => each === weekday),
      isWeekend(weekday) ? weekend : working,
      WEEKDAY_DAYS,
    ),
  );
}

/** The mean, as if so many more values had been `prior`. */
function drawnMean(values: readonly number[], prior: number, count: number): number {
  return (sum(values) + count * prior) / (values.length + count);
}

/** What a day with a factor of 1 uses, the variance of such days, and how many days of equal weight they are worth. */
function runRate(days: readonly { readonly used: number; readonly factor: number }[]) {
  const rates = days.map(({ used, factor }) => used / Math.max(factor, LEAST_FACTOR));
  const typical = withoutBursts(rates);
  let decay = 1;
  const weights = days
    .toReversed()
    .map(({ factor }) => {
      const weight = factor * decay;
      decay *= DECAY;
      return weight;
    })
    .toReversed();
  const total = sum(weights);
  const weighted = (values: readonly number[]) =>
    sum(values.map((value, index) => value * (weights[index] ?? 0))) / total;
  const rate = weighted(typical);
  const variance = weighted(rates.map((each) => square(each - rate)));
  return {
    rate,
    variance: (variance * days.length) / (days.length - 1),
    weight: square(total) / sum(weights.map(square)),
  };
}

/** Values beyond three times the median of those above zero count as that. */
function withoutBursts(values: readonly number[]): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const most = 3 * (sorted[sorted.length >> 1] ?? 0);
  return values.map((value) => Math.min(value, most));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function square(value: number): number {
  return value * value;
}
