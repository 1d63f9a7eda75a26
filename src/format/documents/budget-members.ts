import { dayText } from '../../calendar/days.js';
import { type Amount, formatAmount } from '../../engine/index.js';
import type { PeriodUsage } from '../../usage/forecast/budget.js';
import { type Budget, leftPerDay, statusOf } from '../../usage/forecast/budget.js';
import { jsonString } from '../text.js';

/** The limit, what is used of it, and what is projected: members of a JSON object. */
export function budgetMembers(budget: Budget, unit: string): string {
  const { usage, limit, left, share, warnAt, crossings, crossedOn, crossesOn } = budget;
  const amount = (value: Amount | undefined) => (value === undefined ? 'null' : formatAmount(value));
  const day = (value: number | undefined) => (value === undefined ? 'null' : `"${dayText(value)}"`);
  return [
    `"unit":"${unit}"`,
    `"limit":${formatAmount(limit)}`,
    `"used":${formatAmount(usage.used)}`,
    `"left":${formatAmount(left)}`,
    `"share":${formatAmount(share)}`,
    `"warn_at":${amount(warnAt)}`,
    `"status":"${statusOf(budget)}"`,
    `"crossings":${jsonString(crossings)}`,
    `"crossed_on":${day(crossedOn)}`,
    `"crosses_on":${day(crossesOn)}`,
    `"daily_rate":${formatAmount(usage.dailyRate)}`,
    `"left_per_day":${amount(leftPerDay(budget))}`,
    `"projection":${projectionJson(usage)}`,
  ].join(',');
}

function projectionJson({ projection }: PeriodUsage): string {
  const end = projection?.at(-1);
  if (end === undefined) return 'null';
  const { day, projected, low, high } = end;
  return `{"day":"${dayText(day)}","projected":${formatAmount(projected)},"low":${formatAmount(low)},"high":${formatAmount(high)}}`;
}
