import { dayText } from '../../calendar/days.js';
import type { Budget } from '../../usage/forecast/budget.js';
import type { BudgetFacts } from '../documents/budget.js';
import { visible } from '../text.js';
import { budgetLines } from './budget-lines.js';
import { drawFacts, type Terminal } from './lines.js';
import { groupsTable } from './summary-table.js';

/** A budget for people: what is used, what is left, what is projected, and what it was used for. */
export function* budgetTable(budget: Budget, facts: BudgetFacts, terminal: Terminal): Generator<string> {
  const { usage } = budget;
  const asOf = facts.asOf === undefined ? '' : ` as of ${facts.asOf}`;
  const days = `${dayText(usage.firstDay)} to ${dayText(usage.lastDay)}`;
  yield* drawFacts(
    [
      ['Source', `${visible(facts.source)}, rules ${facts.rules}`],
      ['Period', `${visible(facts.period)}, ${days}, ${usage.state}${asOf}, days in ${facts.timezone}`],
      ['Messages', messagesText(facts, dayText(usage.firstDay))],
      ...budgetLines(budget, facts.unit, terminal),
    ],
    terminal,
  );
  for (const summary of [facts.reports, facts.days]) {
    if (summary.groups.length === 0) continue;
    yield `\n ${terminal.chalk.bold(`Largest ${summary.by[0]}s`)}\n\n`;
    yield* groupsTable(summary, terminal);
  }
}

function messagesText({ messages, outOf, earlier, later }: BudgetFacts, firstDay: string): string {
  const all = outOf === undefined ? '' : ` of ${outOf}`;
  const before = earlier === 0 ? '' : `, ${earlier} of them before ${firstDay}`;
  return `${messages}${all}${before}${later === 0 ? '' : `; ${later} that are later do not count`}`;
}
