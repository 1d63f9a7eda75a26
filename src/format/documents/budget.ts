import { dayText } from '../../calendar/days.js';
import type { Budget } from '../../usage/forecast/budget.js';
import type { Summary } from '../../usage/summary/summary.js';
import { jsonString } from '../text.js';
import { budgetMembers } from './budget-members.js';
import { groupJson, type SummaryFacts } from './summary.js';

/** What a budget is about, and what it is used for. */
export interface BudgetFacts extends Omit<SummaryFacts, 'state'> {
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly messages: number;
  /** Of them, those from before the first day. */
  readonly earlier: number;
  /** Messages later than `--as-of`, which do not count. */
  readonly later: number;
  /** By report and by day: only their groups that use most, the largest first. */
  readonly reports: Summary;
  readonly days: Summary;
}

/** `{"budget":{…}}`, one of the largest reports or days a line. Numbers in full; those of the projection are estimates. */
export function budgetJson(budget: Budget, facts: BudgetFacts): string {
  const { source, period, timezone, rules, asOf, outOf, messages, earlier, later, reports, days } = facts;
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
    earlier_messages: earlier,
    later_messages: later,
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
