import { type BrushEvents, brushBars } from './brush.js';
import { byId } from './elements.js';
import { type Picture, plotBars } from './plot.js';

export interface Chart {
  draw(picture: Picture): void;
}

const HINT = 'Choose a day, or drag across several, to see only their messages.';

/** The bar chart in the page's #plot: redrawn at every width, one stop for the Tab key. */
export function chartInPage(events: Pick<BrushEvents, 'choose' | 'clear'>): Chart {
  const plot = byId('plot', HTMLDivElement);
  const readout = byId('readout', HTMLParagraphElement);
  let picture: Picture | undefined;
  let stop = 0;

  const barAt = (index: number) => plot.querySelector<SVGElement>(`[data-index="${index}"]`);
  const redraw = () => {
    if (picture === undefined) return;
    const hadFocus = plot.contains(document.activeElement);
    const scrolled = plot.scrollLeft;
    stop = Math.min(stop, picture.bars.length - 1);
    plot.replaceChildren(plotBars(picture, plot.clientWidth));
    plot.classList.toggle('wide', plot.scrollWidth > plot.clientWidth);
    plot.scrollLeft = scrolled;
    barAt(stop)?.setAttribute('tabindex', '0');
    if (hadFocus) barAt(stop)?.focus();
  };

  readout.textContent = HINT;
  brushBars(plot, {
    ...events,
    point(index) {
      const bar = index === undefined ? undefined : picture?.bars[index];
      readout.textContent = bar === undefined || picture === undefined ? HINT : picture.describe(bar);
    },
  });
  plot.addEventListener('focusin', ({ target }) => {
    const index = target instanceof Element ? target.getAttribute('data-index') : null;
    if (index === null) return;
    barAt(stop)?.setAttribute('tabindex', '-1');
    stop = Number(index);
    barAt(stop)?.setAttribute('tabindex', '0');
  });
  let width = plot.clientWidth;
  new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    redraw();
  }).observe(plot);

  return {
    draw(next) {
      picture = next;
      redraw();
    },
  };
}
