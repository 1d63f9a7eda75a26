import type { Bill } from '../data/bill.js';
import { toDecimals, toDigits } from '../data/texts.js';

/** The shell's element with this id. Throws when page.html and the script disagree. */
export function byId<Found extends Element>(id: string, type: new () => Found): Found {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`page.html has no ${type.name} #${id}`);
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A new HTML element. Children that are strings become text, never markup. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** The head of a small table: a text, then numbers. */
export function headOf(titles: readonly string[]): HTMLTableSectionElement {
  const cells = titles.map((title, index) =>
    html('th', { scope: 'col', class: index > 0 && 'number' }, title),
  );
  return html('thead', {}, html('tr', {}, ...cells));
}

/** A new SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** False and undefined leave an attribute out; true writes it empty. */
function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** An amount as an element: few decimals to read, the exact digits on hover and for whoever copies. */
export type Figure = (units: bigint) => HTMLDataElement;

function figureOf(scale: number, decimals?: number): Figure {
  return (units) => {
    const exact = toDigits(units, scale);
    const { text, rounded } = toDecimals(units, scale, decimals);
    return html('data', { value: exact, title: exact, class: rounded ? 'rounded' : undefined }, text);
  };
}

/** Decimals shown of what a message costs, which is often less than a cent. */
const MOST_DECIMALS = 6;

export interface Figures {
  readonly credits: Figure;
  /** What one message costs. */
  readonly cost: Figure;
  /** The cost of many, rounded once, to what can be paid. */
  readonly invoice: Figure;
}

export function figuresOf({ scale, costScale, meta: { minorUnits = 2 } }: Bill): Figures {
  return {
    credits: figureOf(scale),
    cost: figureOf(costScale, Math.max(minorUnits, Math.min(costScale, MOST_DECIMALS))),
    invoice: figureOf(costScale, minorUnits),
  };
}

/** A number of things, with thousands apart: `1,234 messages`. */
export function countOf(count: number, singular: string): string {
  return `${INTEGER.format(count)} ${singular}${count === 1 ? '' : 's'}`;
}

const INTEGER = new Intl.NumberFormat('en');

/** A bar, filled from the left by a share from 0 to 1. */
export function barOf(share: number): SVGSVGElement {
  const size = { width: 100, height: 4, viewBox: '0 0 100 4', preserveAspectRatio: 'none' };
  return svg(
    'svg',
    { class: 'share', 'aria-hidden': 'true', ...size },
    svg('rect', { width: 100 * share, height: 4 }),
  );
}

/**
 * Makes the buttons of a list one stop for the Tab key, in which ↑ ↓ move: the first one, then the one that has the
 * focus. The function returned is to be called when the list was drawn again.
 */
export function oneTabStop(list: HTMLElement, selector: string): () => void {
  const buttons = () => [...list.querySelectorAll<HTMLElement>(selector)];
  const indexOf = (target: EventTarget | null) =>
    target instanceof HTMLElement ? buttons().indexOf(target) : -1;
  const makeStop = (stop: number) => {
    for (const [index, button] of buttons().entries()) button.tabIndex = index === stop ? 0 : -1;
  };
  list.addEventListener('focusin', ({ target }) => {
    const index = indexOf(target);
    if (index !== -1) makeStop(index);
  });
  list.addEventListener('keydown', (event) => {
    const index = indexOf(event.target);
    const goal = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (index === -1 || goal === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    buttons()[goal]?.focus();
  });
  return () => makeStop(0);
}
