import { html } from './elements.js';
import { toDigits, toTwoDecimals } from './exact.js';

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
