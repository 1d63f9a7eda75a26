import { firstDayOf, lastDayOf } from '../../../calendar/days.js';
import { addBars, type Bar, type BillRow, pricedByText, type Timeline, type Unit } from '../../data/bill.js';
import { toDecimals } from '../../data/texts.js';
import { byId, countOf, type Figure, headOf, html } from '../../view/elements.js';
import { matchDay } from '../../view/select.js';
import type { View } from '../../view/view.js';
import { chartInPage } from './bars.js';

type Range = Pick<View, 'from' | 'to'>;

/**
 * The chart and its table. Choosing bars sets the view's range of days, choosing the only chosen bar again ends
 * it. The returned function draws `rows` (of any day): days outside the range stay in the chart, faded, so that
 * they can be chosen, and are left out of the table.
 */
export function daysChart(
  scale: number,
  { unit, periods }: Timeline,
  figure: Figure,
  view: () => Range,
  onRange: (range: Range) => void,
): (rows: readonly BillRow[], range: Range) => void {
  const noRange = { from: undefined, to: undefined };
  const drawChart = chartInPage({
    choose(firstIndex, lastIndex, extend) {
      const now = view();
      const from = firstDayOf(unit, (periods[0] ?? 0) + firstIndex);
      const to = lastDayOf(unit, (periods[0] ?? 0) + lastIndex);
      if (extend) onRange({ from: Math.min(from, now.from ?? from), to: Math.max(to, now.to ?? to) });
      else onRange(now.from === from && now.to === to ? noRange : { from, to });
    },
    clear: () => onRange(noRange),
  });
  const showTable = daysTable(figure);
  byId('chart-title', HTMLHeadingElement).textContent = `Credits a ${unit}`;

  return (rows, range) => {
    const isInRange = matchDay(range);
    const hasRange = range.from !== undefined || range.to !== undefined;
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = range;
    const isChosen = (period: number) => firstDayOf(unit, period) <= to && lastDayOf(unit, period) >= from;
    drawChart({
      bars: addBars(rows, periods, unit),
      scale,
      chosen: hasRange ? ({ period }) => isChosen(period) : undefined,
      describe: (bar) => describeBar(bar, scale),
    });
    const inRange = rows.filter(({ day }) => isInRange(day));
    showTable(addBars(inRange, periods.filter(isChosen), unit), unit);
  };
}

/** The chart's figures as a table, for whoever cannot see bars. Filled only once it is opened. */
function daysTable(figure: Figure): (bars: readonly Bar[], unit: Unit) => void {
  const details = byId('days', HTMLDetailsElement);
  const container = byId('days-table', HTMLElement);
  let fill = () => {};
  details.addEventListener('toggle', () => fill());
  return (bars, unit) => {
    fill = () => {
      if (details.open) container.replaceChildren(tableOf(bars, unit, figure));
    };
    fill();
  };
}

const UNITS: Readonly<Record<Unit, string>> = { day: 'Day', month: 'Month', year: 'Year' };

function tableOf(bars: readonly Bar[], unit: Unit, figure: Figure): HTMLTableElement {
  const heads = [UNITS[unit], 'Messages', 'Report', 'Text', 'Text, report missing', 'Credits', 'So far'];
  let soFar = 0n;
  const rows = bars.map(({ text: period, count, byKind, units }) => {
    soFar += units;
    const { report, text, 'missing-report': missing } = byKind;
    const figures = [report.units, text.units, missing.units, units, soFar].map(figure);
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, period),
      ...[count.toLocaleString('en'), ...figures].map((value) => html('td', { class: 'number' }, value)),
    );
  });
  return html(
    'table',
    { class: 'days' },
    html('caption', { class: 'unseen' }, `Credits a ${unit} of the messages shown, by what priced them`),
    headOf(heads),
    html('tbody', {}, ...rows),
  );
}

/** A bar in words: `2024-04-29: 84.20 credits (79.00 by report, 5.20 by text), 2 messages`. */
function describeBar(bar: Bar, scale: number): string {
  const textOf = (units: bigint) => toDecimals(units, scale).text;
  if (bar.count === 0) return `${bar.text}: no messages, ${textOf(0n)} credits`;
  const shares = `${textOf(bar.byKind.report.units)} by report, ${textOf(pricedByText(bar).units)} by text`;
  const missing = bar.byKind['missing-report'].count;
  const lacking = missing === 0 ? '' : `, ${missing} with a missing report`;
  return `${bar.text}: ${textOf(bar.units)} credits (${shares}), ${countOf(bar.count, 'message')}${lacking}`;
}
