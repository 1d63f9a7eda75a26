import { KINDS } from '../../../format/page/bill-data.js';
import type { Bar } from '../../data/bill.js';
import { toApproximate } from '../../data/exact.js';
import { svg } from '../../view/elements.js';
import { chartIn, frameOf } from './frame.js';

/** What the bars are drawn from. */
export interface Picture {
  readonly bars: readonly Bar[];
  /** Decimals of the bars' units. */
  readonly scale: number;
  /** Whether the view's range of days holds the bar; undefined when there is no range. */
  readonly chosen: ((bar: Bar) => boolean) | undefined;
  readonly describe: (bar: Bar) => string;
}

const HEIGHT = 240;
const WIDEST_BAR = 44;

/** The chart as SVG, at least `least` pixels wide: one focusable group a bar, numbered by `data-index`. */
export function plotBars({ bars, scale, chosen, describe }: Picture, least: number): SVGSVGElement {
  const most = Math.max(0, ...bars.map(({ units }) => toApproximate(units, scale)));
  const frame = frameOf(
    bars.map(({ bar }) => bar),
    most,
    least,
    HEIGHT,
  );
  const { step, y } = frame;
  const breadth = Math.min(step * 0.86, WIDEST_BAR);

  const drawBar = (bar: Bar, index: number) => {
    const middle = frame.middleOf(index);
    const isChosen = chosen?.(bar);
    let base = 0n;
    const segments = KINDS.map((kind) => {
      const from = y(toApproximate(base, scale));
      base += bar.byKind[kind].units;
      const to = y(toApproximate(base, scale));
      return svg('rect', {
        class: `segment ${kind}`,
        fill: kind === 'missing-report' ? 'url(#hatch)' : undefined,
        x: middle - breadth / 2,
        y: to,
        width: breadth,
        height: from - to,
      });
    });
    const reach = { x: middle - step / 2, y: 0, width: step, height: frame.bottom };
    const group = {
      class: isChosen === false ? 'bar outside' : 'bar',
      role: 'button',
      tabindex: -1,
      'aria-label': describe(bar),
      'aria-pressed': String(isChosen ?? false),
      'data-index': index,
    };
    return svg('g', group, svg('rect', { class: 'reach', ...reach }), ...segments);
  };

  return chartIn(frame, { role: 'group', 'aria-labelledby': 'chart-title' }, hatch(), ...bars.map(drawBar));
}

/** Stripes, so that a missing report differs from plain text without its colour too. */
function hatch(): SVGDefsElement {
  const shape = { width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
  return svg(
    'defs',
    {},
    svg(
      'pattern',
      { id: 'hatch', ...shape },
      svg('rect', { class: 'hatch-ground', width: 5, height: 5 }),
      svg('rect', { class: 'hatch-line', width: 2.5, height: 5 }),
    ),
  );
}
