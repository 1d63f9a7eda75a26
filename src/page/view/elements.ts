import { toDigits, toTwoDecimals } from '../data/exact.js';

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

/** Credits as an element: two decimals to read, the exact digits on hover and for whoever copies. */
export type Figure = (units: bigint) => HTMLDataElement;

export function figuresOf(scale: number): Figure {
  return (units) => {
    const exact = toDigits(units, scale);
    const { text, rounded } = toTwoDecimals(units, scale);
    return html('data', { value: exact, title: exact, class: rounded ? 'rounded' : undefined }, text);
  };
}

/** A number of things, with thousands apart: `1,234 messages`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${INTEGER.format(count)} ${count === 1 ? singular : plural}`;
}

const INTEGER = new Intl.NumberFormat('en');
