import { dayText } from '../../calendar/days.js';
import { type Amount, compareAmounts, formatAmount, subtractAmounts, ZERO } from '../../engine/index.js';
import type { PeriodUsage } from '../../usage/forecast/budget.js';
import { type Budget, leftPerDay, type Outlook, statusOf } from '../../usage/forecast/budget.js';
import { decimalsIn } from '../../usage/forecast/limit.js';
import { proportion } from '../../usage/pricing/sums.js';
import { estimateText, groupThousands, mostDecimals, padDecimals } from '../amounts.js';
import { bar, type Terminal } from './lines.js';

/** A name and what is beside it. */
type Line = [name: string, text: string];

/** What the header of a summary says of the end of the period, in two lines at the most. */
export function outlookLines({ usage, unit, budget }: Outlook, terminal: Terminal): Line[] {
  const projected: Line = ['Projected', projectionText(usage, unit)];
  if (budget === undefined) return [projected];
  const exact = (amount: Amount) => groupThousands(formatAmount(amount));
  const share = `${padDecimals(formatAmount(budget.share), 2)} %`;
  const used = `${exact(usage.used)} of ${exact(budget.limit)} ${unit}, ${share}`;
  return [projected, ['Budget', `${used}  ${usageBar(budget, terminal)}  ${resultText(budget, terminal)}`]];
}

/** Names and texts of what a budget says. */
export function budgetLines(budget: Budget, unit: string, terminal: Terminal): Line[] {
  const { usage, limit, left, share, warnAt } = budget;
  const decimals = Math.max(decimalsIn(unit), mostDecimals([limit, usage.used, left].map(formatAmount)));
  const exact = (amount: Amount) => groupThousands(padDecimals(formatAmount(amount), decimals));
  const perDay = leftPerDay(budget);
  const until =
    perDay === undefined
      ? ''
      : `, ${groupThousands(formatAmount(perDay))} a day to ${dayText(usage.lastDay)}`;
  const isOver = compareAmounts(left, ZERO) < 0;
  const lines: Line[] = [
    ['Budget', `${exact(limit)} ${unit}${warnAt === undefined ? '' : `, warning at ${exact(warnAt)}`}`],
    ['Used', `${exact(usage.used)}, ${padDecimals(formatAmount(share), 2)} %  ${usageBar(budget, terminal)}`],
    isOver ? ['Over', exact(subtractAmounts(ZERO, left))] : ['Left', `${exact(left)}${until}`],
    ['A day', `${groupThousands(formatAmount(usage.dailyRate))} on average`],
  ];
  if (usage.state === 'open') lines.push(['Projected', projectionText(usage, unit)]);
  return [...lines, ['Result', resultText(budget, terminal)]];
}

/** What is estimated of the end of an open period. */
function projectionText({ projection, used }: PeriodUsage, unit: string): string {
  const end = projection?.at(-1);
  if (end === undefined) return 'too early to say';
  const [projected, low, high] = [end.projected, end.low, end.high].map((each) => estimateText(each, used));
  return `about ${projected} ${unit} by ${dayText(end.day)} (80 % interval ${low} to ${high})`;
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
  const { crossedOn, crossesOn, crossings, usage, limit } = budget;
  const warned = crossings.includes('warn') ? '; the warning was reached' : '';
  switch (statusOf(budget)) {
    case 'over':
      return chalk.red.bold(`over the budget since ${dayText(crossedOn ?? usage.lastDay)}`);
    case 'forecast': {
      const until = dayText(crossesOn ?? usage.lastDay);
      return chalk.yellow.bold(`within the budget until about ${until}, then over${warned}`);
    }
    case 'warn':
      return chalk.yellow.bold(`within the budget${warned}`);
    case 'within': {
      const high = usage.projection?.at(-1)?.high ?? usage.used;
      const isDoubtful = compareAmounts(high, limit) > 0;
      return chalk.green(`within the budget${isDoubtful ? ', though the interval reaches beyond it' : ''}`);
    }
  }
}
