import {
  type Amount,
  addAmounts,
  compareAmounts,
  subtractAmounts,
  toAmount,
  toDecimal,
  ZERO,
} from '../../engine/index.js';
import { type DayUsage, type PeriodUsage, perDay } from './period-usage.js';

/** What a limit of usage is found to be. */
export const CROSSINGS = ['warn', 'forecast', 'over'] as const;
export type Crossing = (typeof CROSSINGS)[number];

/** The usage of a period beside its limit. */
export interface Budget {
  readonly limit: Amount;
  readonly usage: PeriodUsage;
  /** Negative where more is used than the limit. */
  readonly left: Amount;
  /** Percent of the limit that is used, rounded down to two decimals. */
  readonly share: Amount;
  /** The usage from which on there is a warning; undefined without one. */
  readonly warnAt: Amount | undefined;
  /** The day on which the limit was crossed. */
  readonly crossedOn: number | undefined;
  /** The day on which it is projected to be crossed. */
  readonly crossesOn: number | undefined;
  /** What is true of it; none: it is within the limit, as far as one knows. */
  readonly crossings: readonly Crossing[];
}

/** What can be said of the end of an open period. */
export interface Outlook {
  readonly usage: PeriodUsage;
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly budget: Budget | undefined;
}

/** @param warn percent of the limit from which on there is a warning */
export function budgetOf(usage: PeriodUsage, limit: Amount, warn?: Amount): Budget {
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
    left: subtractAmounts(limit, usage.used),
    share: toAmount(toDecimal(usage.used).times(100).div(toDecimal(limit)).toDecimalPlaces(2, ROUND_DOWN)),
    warnAt,
    crossedOn,
    crossesOn,
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
