import { dayText } from '../../calendar/days.js';
import { type Amount, formatAmount } from '../../engine/index.js';
import { type Budget, leftPerDay, statusOf } from '../../usage/forecast/budget.js';
import type { PeriodUsage } from '../../usage/forecast/period-usage.js';
import type { Summary } from '../../usage/summary/summary.js';
import { jsonString } from '../text.js';
import { groupJson, type SummaryFacts } from './summary.js';

/** What a budget is about, and what it is used for. */
export interface BudgetFacts extends Omit<SummaryFacts, 'state'> {
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly messages: number;
  /** Later than `--as-of`, and not counted. */
  readonly later: number;
  /** By report and by day: only their groups that use most, the largest first. */
  readonly reports: Summary;
  readonly days: Summary;
}

/** `{"budget":{…}}`, one of the largest reports or days a line. Numbers in full; those of the projection are estimates. */
export function budgetJson(budget: Budget, facts: BudgetFacts): string {
  const { source, period, timezone, rules, asOf, outOf, messages, reports, days } = facts;
  const { firstDay, lastDay, state } = budget.usage;
  const head = jsonString({
    source,
    period,
    timezone,
    rules,
    state,
    as_of: asOf,
    first_day: dayText(firstDay),
    last_day: dayText(lastDay),
    messages,
    out_of: outOf,
  }).slice(1, -1);
  const lines = (summary: Summary) => summary.groups.map((group) => `\n${groupJson(group, summary)}`).join();
  return `{"budget":{${[
    head,
    budgetMembers(budget, facts.unit),
    `"largest_reports":[${lines(reports)}]`,
    `"largest_days":[${lines(days)}]`,
  ].join(',\n')}}}\n`;
}

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
