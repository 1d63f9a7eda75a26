import { dayText } from '../../calendar/days.js';
import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { formatAmount } from '../../engine/index.js';
import { type CreditPrices, NO_COST } from '../../rates/money.js';
import { type Budget, budgetOf, periodUsage } from '../../usage/forecast/budget.js';
import { amountIn, CREDITS, type Limit } from '../../usage/forecast/limit.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { createSums } from '../../usage/pricing/sums.js';
import type { DayBounds } from '../../usage/summary/summary.js';

/** What the page says of the end of the period and its limit, as `budget` does. Days are YYYY-MM-DD; amounts exact digits. */
export interface PageOutlook {
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** What is used by the end of each day from today on; absent where the period is closed, or it is too early to say. */
  readonly projection?: readonly ProjectedDay[];
  readonly budget?: PageBudget;
}

export type ProjectedDay = readonly [day: string, projected: string, low: string, high: string];

interface PageBudget {
  readonly limit: string;
  /** Negative where more is used. */
  readonly left: string;
  /** Percent of the limit that is used. */
  readonly share: string;
  readonly crossedOn?: string;
  /** Where it is projected to be crossed. */
  readonly crossesOn?: string;
}

export interface OutlookOptions {
  readonly prices: CreditPrices | undefined;
  /** What the period may use. */
  readonly limit: Limit | undefined;
  /** Of `--since` and `--until`. */
  readonly bounds: DayBounds;
}

/** Adds up the usage of each day while rows pass. */
export function createOutlook(zone: TimeZone, { prices, limit, bounds }: OutlookOptions) {
  const days = createSums<number>(prices && NO_COST);
  const unit = limit?.unit ?? CREDITS;

  return {
    add(day: number, { message, credits }: UsageItem): void {
      days.of(day).add(credits, 1, prices?.priceOf(message));
    },

    /** @param last the last message. Undefined where nothing is to be expected, and there is no limit. */
    value(last: Instant, now: Instant): PageOutlook | undefined {
      const used = new Map(Array.from(days.values(), ([day, sum]) => [day, amountIn(unit, sum)]));
      const usage = periodUsage(used, { zone, bounds, last, now });
      if (used.size === 0 || (usage.state === 'closed' && limit === undefined)) return undefined;
      const projection = usage.projection?.map(
        ({ day, projected, low, high }): ProjectedDay => [
          dayText(day),
          formatAmount(projected),
          formatAmount(low),
          formatAmount(high),
        ],
      );
      return {
        unit,
        firstDay: dayText(usage.firstDay),
        lastDay: dayText(usage.lastDay),
        ...(projection !== undefined && { projection }),
        ...(limit !== undefined && { budget: budgetIn(budgetOf(usage, limit.amount)) }),
      };
    },
  };
}

function budgetIn({ limit, left, share, crossedOn, crossesOn }: Budget): PageBudget {
  return {
    limit: formatAmount(limit),
    left: formatAmount(left),
    share: formatAmount(share),
    ...(crossedOn !== undefined && { crossedOn: dayText(crossedOn) }),
    ...(crossesOn !== undefined && { crossesOn: dayText(crossesOn) }),
  };
}
