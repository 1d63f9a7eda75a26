import { nice, ticks } from 'd3-array';
import { svg } from '../../view/elements.js';

const TOP = 10;
const BOTTOM = 26;
const NARROWEST_STEP = 2.5;
const LABEL_STEP = 84;
const CHARACTER = 7;
/** A day's width at the most. */
const LABEL = 76;

/** The axes of a chart: days from left to right, credits from the bottom to the top. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Where the vertical axis is. */
  readonly left: number;
  /** Where the horizontal axis is. */
  readonly bottom: number;
  /** Pixels from one day to the next. */
  readonly step: number;
  /** The middle of the day with this index. */
  readonly middleOf: (index: number) => number;
  readonly y: (credits: number) => number;
  /** Lines and labels, to be drawn first. */
  readonly axes: readonly SVGElement[];
}

/**
 * @param days the labels of the horizontal axis
 * @param most the highest value shown
 * @param least the least width in pixels; many days make a chart wider
 */
export function frameOf(days: readonly string[], most: number, least: number, height: number): Frame {
  const bottom = height - BOTTOM;
  const [, top] = nice(0, most || 1, 4);
  const y = (credits: number) => bottom - (credits / top) * (bottom - TOP);
  const marks = ticks(0, top, 4).map((value) => ({ value, label: COMPACT.format(value) }));
  const left = Math.max(...marks.map(({ label }) => label.length)) * CHARACTER + 12;
  const width = Math.max(least, left + days.length * NARROWEST_STEP);
  const step = (width - left) / days.length;
  const middleOf = (index: number) => left + (index + 0.5) * step;
  const every = Math.ceil(LABEL_STEP / step);
  const lines = marks.map(({ value, label }) =>
    svg(
      'g',
      { class: 'tick', 'aria-hidden': 'true' },
      svg('line', { x1: left, x2: width, y1: y(value), y2: y(value) }),
      svg('text', { x: left - 8, y: y(value), dy: '0.32em', 'text-anchor': 'end' }, label),
    ),
  );
  const farthest = width - LABEL_STEP / 2 + 8;
  const labels = days.flatMap((day, index) => {
    const overlaps = middleOf(index - every) > farthest - LABEL;
    if (index % every !== 0 || (middleOf(index) > farthest && overlaps)) return [];
    const x = Math.min(middleOf(index), farthest);
    const position = { class: 'label', x, y: height - 8, 'text-anchor': 'middle', 'aria-hidden': 'true' };
    return [svg('text', position, day)];
  });
  return { width, height, left, bottom, step, middleOf, y, axes: [...lines, ...labels] };
}

/** The chart of a frame, with what it shows. */
export function chartIn(
  { width, height, axes }: Frame,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly SVGElement[]
): SVGSVGElement {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return svg('svg', { ...size, ...attributes }, ...axes, ...content);
}

/** Draws a chart into `plot`, again whenever its width changes; `afterwards` is called each time. */
export function redrawOnResize(
  plot: HTMLElement,
  afterwards = () => {},
): (draw: (width: number) => SVGSVGElement) => void {
  let draw: ((width: number) => SVGSVGElement) | undefined;
  let width = plot.clientWidth;
  const redraw = () => {
    if (draw === undefined) return;
    const scrolled = plot.scrollLeft;
    plot.replaceChildren(draw(plot.clientWidth));
    plot.classList.toggle('wide', plot.scrollWidth > plot.clientWidth);
    plot.scrollLeft = scrolled;
    afterwards();
  };
  new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    redraw();
  }).observe(plot);
  return (next) => {
    draw = next;
    redraw();
  };
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
