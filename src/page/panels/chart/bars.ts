import { KINDS } from '../../../format/page/bill-data.js';
import type { Bar } from '../../data/bill.js';
import { toApproximate } from '../../data/texts.js';
import { byId, svg } from '../../view/elements.js';
import { chartIn, frameOf, redrawOnResize } from './frame.js';

const HINT = 'Choose a day, or drag across several, to see only their messages.';

/**
 * The bar chart in the page's #plot: redrawn at every width, one stop for the Tab key. Bars are chosen by a click, by
 * dragging across several, or by the keyboard: arrows, Home and End move, Enter or Space chooses, Shift extends, Escape
 * clears.
 */
export function chartInPage(events: Pick<BrushEvents, 'choose' | 'clear'>): (picture: Picture) => void {
  const plot = byId('plot', HTMLDivElement);
  const readout = byId('readout', HTMLParagraphElement);
  let picture: Picture | undefined;
  let stop = 0;

  const barAt = (index: number) => plot.querySelector<SVGElement>(`[data-index="${index}"]`);
  let hadFocus = false;
  const redraw = redrawOnResize(plot, () => {
    barAt(stop)?.setAttribute('tabindex', '0');
    if (hadFocus) barAt(stop)?.focus();
  });

  readout.textContent = HINT;
  const brush: BrushEvents = {
    ...events,
    point(index) {
      const bar = index === undefined ? undefined : picture?.bars[index];
      readout.textContent = bar === undefined || picture === undefined ? HINT : picture.describe(bar);
    },
  };
  brushByPointer(plot, brush);
  brushByKeyboard(plot, brush);
  plot.addEventListener('focusin', ({ target }) => {
    const index = target instanceof Element ? target.getAttribute('data-index') : null;
    if (index === null) return;
    barAt(stop)?.setAttribute('tabindex', '-1');
    stop = Number(index);
    barAt(stop)?.setAttribute('tabindex', '0');
  });
  return (next) => {
    picture = next;
    redraw((width) => {
      hadFocus = plot.contains(document.activeElement);
      stop = Math.min(stop, next.bars.length - 1);
      return plotBars(next, width);
    });
  };
}

/** What a person does to the bars, by their index. */
interface BrushEvents {
  /** Points at a bar, with the pointer or the keyboard; undefined when at none any more. */
  point(index: number | undefined): void;
  /** Chooses the bars from `first` to `last`; `extend` (Shift) adds them to those chosen before. */
  choose(first: number, last: number, extend: boolean): void;
  /** Presses Escape. */
  clear(): void;
}

function brushByPointer(plot: HTMLElement, { point, choose }: BrushEvents): void {
  let drag: { pointer: number; start: number; end: number } | undefined;
  const mark = () => {
    for (const bar of plot.querySelectorAll('[data-index]')) {
      const index = indexOf(bar);
      const marked = drag !== undefined && index !== undefined && isBetween(index, drag.start, drag.end);
      bar.classList.toggle('marked', marked);
    }
  };
  plot.addEventListener('pointerdown', (event) => {
    const start = barUnder(plot, event.clientX);
    if (event.button !== 0 || start === undefined) return;
    drag = { pointer: event.pointerId, start, end: start };
    plot.setPointerCapture(event.pointerId);
    mark();
  });
  plot.addEventListener('pointermove', (event) => {
    const index = barUnder(plot, event.clientX);
    if (index === undefined) return;
    point(index);
    if (drag === undefined || drag.end === index) return;
    drag.end = index;
    mark();
  });
  plot.addEventListener('pointerup', (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const { start, end } = drag;
    drag = undefined;
    mark();
    choose(Math.min(start, end), Math.max(start, end), event.shiftKey);
  });
  plot.addEventListener('pointercancel', () => {
    drag = undefined;
    mark();
  });
  plot.addEventListener('pointerleave', () => point(undefined));
}

function brushByKeyboard(plot: HTMLElement, { point, choose, clear }: BrushEvents): void {
  plot.addEventListener('focusin', (event) => point(indexOf(event.target)));
  plot.addEventListener('focusout', () => point(undefined));
  plot.addEventListener('keydown', (event) => {
    const index = indexOf(event.target);
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const bars = plot.querySelectorAll<SVGElement>('[data-index]');
    const goal = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (goal !== undefined) bars[goal]?.focus();
    else if (event.key === 'Enter' || event.key === ' ') choose(index, index, event.shiftKey);
    else if (event.key === 'Escape') clear();
    else return;
    event.preventDefault();
  });
}

function indexOf(target: EventTarget | null): number | undefined {
  const text =
    target instanceof Element ? target.closest('[data-index]')?.getAttribute('data-index') : undefined;
  return text == null ? undefined : Number(text);
}

/** By the horizontal position alone: a bar is as tall as the chart, and a drag may leave the chart or the window. */
function barUnder(plot: HTMLElement, clientX: number): number | undefined {
  const bars = plot.querySelectorAll('[data-index]');
  const first = bars[0]?.getBoundingClientRect();
  if (first === undefined) return undefined;
  const index = Math.floor((clientX - first.left) / first.width);
  return index >= 0 && index < bars.length ? index : undefined;
}

function isBetween(index: number, a: number, b: number): boolean {
  return index >= Math.min(a, b) && index <= Math.max(a, b);
}

/** What the bars are drawn from. */
interface Picture {
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
function plotBars({ bars, scale, chosen, describe }: Picture, least: number): SVGSVGElement {
  const most = Math.max(0, ...bars.map(({ units }) => toApproximate(units, scale)));
  const frame = frameOf(
    bars.map(({ text }) => text),
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
