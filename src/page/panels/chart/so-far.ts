import { dayText, periodOf, periodText } from '../../../calendar/days.js';
import { addBars, type Bill, type BillRow, periodsBetween, type Timeline } from '../../data/bill.js';
import { toApproximate, toDecimals } from '../../data/texts.js';
import { byId, svg } from '../../view/elements.js';
import { chartIn, type Frame, frameOf, redrawOnResize } from './frame.js';

const HEIGHT = 200;

/**
 * The running total in the page's #so-far, with the limit and the projected end of the period where the command gave
 * them. The returned function draws the total of `rows`; a filter hides the other two, which belong to all rows.
 */
export function soFarChart(
  bill: Bill,
  timeline: Timeline,
): (rows: readonly BillRow[], filtered: boolean) => void {
  const plot = byId('so-far', HTMLDivElement);
  const words = byId('so-far-words', HTMLParagraphElement);
  const { unit = 'credits', statements = [] } = bill.meta.outlook ?? {};
  const inMoney = unit !== 'credits';
  const [scale, decimals] = inMoney ? [bill.costScale, bill.meta.minorUnits] : [bill.scale];
  const outlook = timeline.unit === 'day' ? bill.meta.outlook : undefined;
  // The days of the messages and of the period.
  const periods = outlook
    ? periodsBetween(Math.min(timeline.first, outlook.firstDay), Math.max(timeline.last, outlook.lastDay))
    : timeline.periods;
  byId('so-far-title', HTMLHeadingElement).textContent = `${inMoney ? `Cost in ${unit}` : 'Credits'} so far`;
  const labels = periods.map((period) => periodText(timeline.unit, period));
  const redraw = redrawOnResize(plot);

  return (rows, filtered) => {
    let sum = 0n;
    const sums = addBars(rows, periods, timeline.unit).map((bar) => {
      sum += inMoney ? bar.costUnits : bar.units;
      return toApproximate(sum, scale);
    });
    const known = filtered ? undefined : outlook;
    const sentences = filtered ? [] : statements.map(({ sentence }) => sentence);
    const soFar = `${toDecimals(sum, scale, decimals).text} ${unit} by ${dayText(timeline.last)}.`;
    words.textContent = [soFar, ...sentences].join(' ');
    const today = periods.indexOf(known?.projection?.[0]?.[0] ?? periodOf(timeline.unit, timeline.last));
    const used = sums.slice(0, today + 1);
    const ahead = (known?.projection ?? []).slice(1).map(([, ...amounts]) => amounts.map(Number));
    const limit = known?.limit === undefined ? undefined : Number(known.limit);
    const most = Math.max(...used, limit ?? 0, ...ahead.flat());
    redraw((width) => {
      const frame = frameOf(labels, most, width, HEIGHT);
      const parts = [...projectionParts(frame, used, ahead), ...usedParts(frame, used)];
      if (limit !== undefined) parts.push(...limitParts(frame, limit));
      return chartIn(frame, { role: 'img', 'aria-labelledby': 'so-far-title so-far-words' }, ...parts);
    });
  };
}

type Point = readonly [index: number, amount: number];

function pathOf({ middleOf, y }: Frame, points: readonly Point[]): string {
  return points.map(([index, amount]) => `${middleOf(index).toFixed(1)},${y(amount).toFixed(1)}`).join(' ');
}

function usedParts(frame: Frame, used: readonly number[]): SVGElement[] {
  const points = used.map((amount, index): Point => [index, amount]);
  const last = used.length - 1;
  const ground: Point[] = [
    [last, 0],
    [0, 0],
  ];
  return [
    svg('polygon', { class: 'used-area', points: pathOf(frame, [...points, ...ground]) }),
    svg('polyline', { class: 'used-line', points: pathOf(frame, points) }),
    svg('circle', { class: 'used-end', cx: frame.middleOf(last), cy: frame.y(used[last] ?? 0), r: 4 }),
  ];
}

/** A dashed line within its 80 % interval, from what is used today on. */
function projectionParts(
  frame: Frame,
  used: readonly number[],
  ahead: readonly (readonly number[])[],
): SVGElement[] {
  if (ahead.length === 0) return [];
  const start: Point = [used.length - 1, used.at(-1) ?? 0];
  const line = (which: number): Point[] => [
    start,
    ...ahead.map((amounts, index): Point => [used.length + index, amounts[which] ?? 0]),
  ];
  const [projected, low, high] = [line(0), line(1), line(2)];
  return [
    svg('polygon', { class: 'interval', points: pathOf(frame, [...low, ...high.toReversed()]) }),
    svg('polyline', { class: 'projected-line', points: pathOf(frame, projected) }),
  ];
}

/** As high as the name of the limit is, with its distance from the line. */
const LIMIT_NAME = 16;

function limitParts({ left, width, y }: Frame, limit: number): SVGElement[] {
  const line = y(limit);
  // Below a line that is at the top.
  const name = line < LIMIT_NAME ? line + LIMIT_NAME : line - 5;
  return [
    svg('line', { class: 'limit', x1: left, x2: width, y1: line, y2: line }),
    svg('text', { class: 'limit-name', x: left + 4, y: name }, 'Budget'),
  ];
}
