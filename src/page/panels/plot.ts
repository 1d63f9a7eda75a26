import { scaleBand, scaleLinear } from 'd3-scale';
import { KINDS } from '../../format/page/bill-data.js';
import type { Bar } from '../data/bill.js';
import { toApproximate } from '../data/exact.js';
import { svg } from '../view/elements.js';

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
const TOP = 10;
const BOTTOM = 26;
const NARROWEST_STEP = 2.5;
const WIDEST_BAR = 44;
const LABEL_STEP = 84;
const CHARACTER = 7;

/** The chart as SVG, at least `least` pixels wide: one focusable group a bar, numbered by `data-index`. */
export function plotBars({ bars, scale, chosen, describe }: Picture, least: number): SVGSVGElement {
  const most = Math.max(0, ...bars.map(({ units }) => toApproximate(units, scale)));
  const y = scaleLinear([0, most || 1], [HEIGHT - BOTTOM, TOP]).nice(4);
  const ticks = y.ticks(4).map((value) => ({ value, label: COMPACT.format(value) }));
  const left = Math.max(...ticks.map(({ label }) => label.length)) * CHARACTER + 12;
  const width = Math.max(least, left + bars.length * NARROWEST_STEP);
  const x = scaleBand(
    bars.map(({ bar }) => bar),
    [left, width],
  ).padding(0.14);
  const breadth = Math.min(x.bandwidth(), WIDEST_BAR);
  const every = Math.ceil(LABEL_STEP / x.step());

  const drawBar = (bar: Bar, index: number) => {
    const start = x(bar.bar) ?? left;
    const middle = start + x.bandwidth() / 2;
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
    const reach = { x: middle - x.step() / 2, y: 0, width: x.step(), height: HEIGHT - BOTTOM };
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

  return svg(
    'svg',
    {
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: 'group',
      'aria-labelledby': 'chart-title',
    },
    hatch(),
    ...ticks.map(({ value, label }) =>
      svg(
        'g',
        { class: 'tick', 'aria-hidden': 'true' },
        svg('line', { x1: left, x2: width, y1: y(value), y2: y(value) }),
        svg('text', { x: left - 8, y: y(value), dy: '0.32em', 'text-anchor': 'end' }, label),
      ),
    ),
    ...bars.map(drawBar),
    ...bars
      .filter((_, index) => index % every === 0)
      .map(({ bar }) => {
        const at = Math.min((x(bar) ?? left) + x.bandwidth() / 2, width - LABEL_STEP / 2 + 8);
        const label = {
          class: 'label',
          x: at,
          y: HEIGHT - 8,
          'text-anchor': 'middle',
          'aria-hidden': 'true',
        };
        return svg('text', label, bar);
      }),
  );
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

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
