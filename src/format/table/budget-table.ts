import { dayText } from '../../calendar/days.js';
import {
  type Amount,
  compareAmounts,
  formatAmount,
  subtractAmounts,
  toAmount,
  toDecimal,
  ZERO,
} from '../../engine/index.js';
import { type Budget, leftPerDay, statusOf } from '../../usage/forecast/budget.js';
import type { PeriodUsage } from '../../usage/forecast/period-usage.js';
import { percentText, proportion } from '../../usage/summary/shares.js';
import type { Summary } from '../../usage/summary/summary.js';
import { groupThousands, mostDecimals, padDecimals } from '../amounts.js';
import type { BudgetFacts } from '../documents/budget.js';
import { visible } from '../text.js';
import { type Column, drawTable, shortenColumn } from './draw.js';
import { bar, drawFacts, type Terminal, textWidth } from './lines.js';
import { keyText } from './summary-table.js';

/** A budget for people: what is used, what is left, what is projected, and what it was used for. */
export function* budgetTable(budget: Budget, facts: BudgetFacts, terminal: Terminal): Generator<string> {
  const { usage } = budget;
  const asOf = facts.asOf === undefined ? '' : ` as of ${facts.asOf}`;
  const days = `${dayText(usage.firstDay)} to ${dayText(usage.lastDay)}`;
  yield* drawFacts(
    [
      ['Source', `${visible(facts.source)}, rules ${facts.rules}`],
      ['Period', `${visible(facts.period)}, ${days}, ${usage.state}${asOf}, days in ${facts.timezone}`],
      ['Messages', messagesText(facts)],
      ...budgetLines(budget, facts.unit, terminal),
    ],
    terminal,
  );
  for (const summary of [facts.reports, facts.days]) yield* drawLargest(summary, terminal);
}

function messagesText({ messages, outOf, later }: BudgetFacts): string {
  const all = outOf === undefined ? '' : ` of ${outOf}`;
  return `${messages}${all}${later === 0 ? '' : `; ${later} that are later do not count`}`;
}

/** Names and texts of what a budget says. */
export function budgetLines(budget: Budget, unit: string, terminal: Terminal): [string, string][] {
  const { usage, limit, left, share } = budget;
  const decimals = mostDecimals([limit, usage.used, left].map(formatAmount));
  const exact = (amount: Amount) => groupThousands(padDecimals(formatAmount(amount), decimals));
  const perDay = leftPerDay(budget);
  const until =
    perDay === undefined
      ? ''
      : `, ${groupThousands(formatAmount(perDay))} a day to ${dayText(usage.lastDay)}`;
  const isOver = compareAmounts(left, ZERO) < 0;
  return [
    ['Budget', `${exact(limit)} ${unit}`],
    ['Used', `${exact(usage.used)}, ${padDecimals(formatAmount(share), 2)} %  ${usageBar(budget, terminal)}`],
    isOver ? ['Over', exact(subtractAmounts(ZERO, left))] : ['Left', `${exact(left)}${until}`],
    ['A day', `${groupThousands(formatAmount(usage.dailyRate))} on average so far`],
    ['Projected', projectionText(usage)],
    ['Result', resultText(budget, terminal)],
  ];
}

/** What is estimated of the end of a period, or why there is no estimate. */
export function projectionText({ projection, state, used }: PeriodUsage): string {
  const end = projection?.at(-1);
  if (end === undefined)
    return state === 'closed' ? 'nothing more: the period is closed' : 'too early to say';
  const [projected, low, high] = [end.projected, end.low, end.high].map((amount) =>
    estimateText(amount, used),
  );
  return `about ${projected} on ${dayText(end.day)}, 80 % interval ${low} to ${high}`;
}

/** Three digits, or all before the point; never below what is used. */
function estimateText(estimate: Amount, used: Amount): string {
  const exact = toDecimal(estimate);
  const rounded = toAmount(exact.toDecimalPlaces(Math.max(0, 2 - exact.e)));
  return groupThousands(formatAmount(compareAmounts(rounded, used) < 0 ? used : rounded));
}

const BAR_WIDTH = 24;

/** Solid up to what is used, shaded up to what is projected, dotted up to the limit. */
function usageBar({ limit, usage }: Budget, { chalk, width }: Terminal): string {
  const most = Math.min(BAR_WIDTH, Math.max(0, (width ?? BAR_WIDTH + 40) - 40) || BAR_WIDTH);
  const columns = (amount: Amount) => Math.min(most, proportion(amount, limit, most));
  const used = compareAmounts(usage.used, limit) >= 0 ? most : Math.min(most - 1, columns(usage.used));
  const projected = Math.max(used, columns(usage.projection?.at(-1)?.projected ?? usage.used));
  const solid = bar(used * 8);
  return `${chalk.cyan(solid)}${chalk.dim('░'.repeat(projected - used))}${chalk.dim('·'.repeat(most - projected))}`;
}

function resultText(budget: Budget, { chalk }: Terminal): string {
  const { crossedOn, crossesOn, usage, limit } = budget;
  switch (statusOf(budget)) {
    case 'over':
      return chalk.red.bold(`over the budget since ${dayText(crossedOn ?? usage.lastDay)}`);
    case 'forecast':
      return chalk.yellow.bold(
        `within the budget until about ${dayText(crossesOn ?? usage.lastDay)}, then over`,
      );
    case 'warn':
      return chalk.yellow.bold('within the budget, and beyond the warning');
    case 'within': {
      const high = usage.projection?.at(-1)?.high ?? usage.used;
      const isDoubtful = compareAmounts(high, limit) > 0;
      return chalk.green(`within the budget${isDoubtful ? ', though the interval reaches beyond it' : ''}`);
    }
  }
}

const NARROWEST_REPORT = 12;

function* drawLargest({ by, groups }: Summary, terminal: Terminal): Generator<string> {
  if (groups.length === 0) return;
  const decimals = mostDecimals(groups.map(({ credits }) => formatAmount(credits)));
  const rows = groups.map(({ keys, messages, credits, share }) => [
    keyText(keys[0]),
    `${messages}`,
    groupThousands(padDecimals(formatAmount(credits), decimals)),
    `${percentText(share)} %`,
  ]);
  const columns = [`Largest ${by[0]}s`, 'Messages', 'Credits', 'Share'].map(
    (name, index): Column => ({
      title: name,
      align: index === 0 ? 'left' : 'right',
      dim: false,
      width: Math.max(name.length, ...rows.map((row) => textWidth(row[index] ?? ''))),
    }),
  );
  shortenColumn(rows, columns, 0, NARROWEST_REPORT, terminal.width);
  yield '\n';
  yield* drawTable(rows, columns, terminal.chalk, undefined, terminal.width);
}
