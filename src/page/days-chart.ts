import { describeBar } from './bar-text.js';
import type { BillRow } from './bill.js';
import { firstDayOf, lastDayOf } from './calendar.js';
import { chartInPage } from './chart.js';
import { daysTable } from './days-table.js';
import { byId } from './elements.js';
import type { Figure } from './figures.js';
import { matchDay } from './filter.js';
import { addBars, type Bar } from './series.js';
import type { Timeline } from './timeline.js';
import type { View } from './view.js';

type Range = Pick<View, 'from' | 'to'>;

/**
 * The chart and its table. Choosing bars sets the view's range of days, choosing the only chosen bar again ends
 * it. The returned function draws `rows` (of any day): days outside the range stay in the chart, faded, so that
 * they can be chosen, and are left out of the table.
 */
export function daysChart(
  scale: number,
  { unit, bars, first, last }: Timeline,
  figure: Figure,
  view: () => Range,
  onRange: (range: Range) => void,
): (rows: readonly BillRow[], range: Range) => void {
  const noRange = { from: undefined, to: undefined };
  const chart = chartInPage({
    choose(firstIndex, lastIndex, extend) {
      const now = view();
      const from = firstDayOf(bars[firstIndex] ?? first);
      const to = lastDayOf(bars[lastIndex] ?? last);
      if (extend) onRange({ from: least(from, now.from ?? from), to: most(to, now.to ?? to) });
      else onRange(now.from === from && now.to === to ? noRange : { from, to });
    },
    clear: () => onRange(noRange),
  });
  const showTable = daysTable(figure);
  byId('chart-title', HTMLHeadingElement).textContent = `Credits a ${unit}`;

  return (rows, range) => {
    const isInRange = matchDay(range);
    const hasRange = range.from !== undefined || range.to !== undefined;
    const { from = '', to = '9999-12-31' } = range;
    const isChosen = ({ bar }: Bar) => firstDayOf(bar) <= to && lastDayOf(bar) >= from;
    const drawn = addBars(rows, bars, unit);
    chart.draw({
      bars: drawn,
      scale,
      chosen: hasRange ? isChosen : undefined,
      describe: (bar) => describeBar(bar, scale),
    });
    const inRange = rows.filter(({ day }) => isInRange(day));
    showTable(addBars(inRange, hasRange ? drawn.filter(isChosen).map(({ bar }) => bar) : bars, unit), unit);
  };
}

function least(a: string, b: string): string {
  return a < b ? a : b;
}

function most(a: string, b: string): string {
  return a > b ? a : b;
}
