import type { Decimal } from 'decimal.js';
import { dayText } from '../../calendar/days.js';
import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { formatAmount, toDecimal } from '../../engine/index.js';
import { type CreditPrices, minorUnits, NO_COST, roundCost } from '../../rates/money.js';
import { type Budget, budgetOf, type PeriodUsage, periodUsage } from '../../usage/forecast/budget.js';
import { amountIn, CREDITS, type Limit } from '../../usage/forecast/limit.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { createSums } from '../../usage/pricing/sums.js';
import type { DayBounds } from '../../usage/summary/summary.js';
import { estimateText, groupThousands } from '../amounts.js';
import type { PageOutlook, Statement } from './page-meta.js';

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
    value(last: Instant | undefined, now: Instant): PageOutlook | undefined {
      const used = new Map(Array.from(days.values(), ([day, sum]) => [day, amountIn(unit, sum)]));
      const usage = periodUsage(used, { zone, bounds, last, now });
      if (used.size === 0 || (usage.state === 'closed' && limit === undefined)) return undefined;
      const statements = usage.state === 'open' ? [projectionIn(usage, unit)] : [];
      if (limit !== undefined) statements.push(budgetIn(budgetOf(usage, limit.amount), unit));
      return {
        unit,
        firstDay: usage.firstDay,
        lastDay: usage.lastDay,
        ...(usage.projection && {
          projection: usage.projection.map(({ day, projected, low, high }) => [
            day,
            formatAmount(projected),
            formatAmount(low),
            formatAmount(high),
          ]),
        }),
        ...(limit && { limit: formatAmount(limit.amount) }),
        statements,
      };
    },
  };
}

function projectionIn({ projection, lastDay, used }: PeriodUsage, unit: string): Statement {
  const name = `Projected by ${dayText(lastDay)}`;
  const end = projection?.at(-1);
  if (end === undefined) {
    const sentence = 'It is too early to project the end of the period.';
    return { name, value: '–', note: 'too early to say', sentence };
  }
  const [value, low, high] = [end.projected, end.low, end.high].map((each) => estimateText(each, used));
  const note = `80 % interval ${low} to ${high}`;
  return { name, value: `about ${value}`, note, sentence: `${name}: about ${value} ${unit} (${note}).` };
}

function budgetIn({ limit, left, share, crossedOn, crossesOn }: Budget, unit: string): Statement {
  const decimals = unit === CREDITS ? 2 : minorUnits(unit);
  const textOf = (amount: Decimal) => groupThousands(roundCost(amount, decimals).toFixed(decimals));
  const most = textOf(toDecimal(limit));
  const used = `${formatAmount(share)} %`;
  let crossing = '';
  if (crossedOn !== undefined) crossing = `, crossed on ${dayText(crossedOn)}`;
  else if (crossesOn !== undefined) crossing = `, projected to be crossed on ${dayText(crossesOn)}`;
  const rest = toDecimal(left);
  return {
    name: rest.lt(0) ? 'Over budget' : 'Budget left',
    value: textOf(rest.abs()),
    note: `${used} of ${most}${crossing}`,
    sentence: `Budget: ${most} ${unit}, ${used} used${crossing}.`,
    share: Math.min(1, toDecimal(share).toNumber() / 100),
    over: rest.lt(0),
  };
}
