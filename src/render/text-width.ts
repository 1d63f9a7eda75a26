import stringWidth from 'string-width';

/** Printable characters of one column each: ASCII, Latin letters, dashes and quotation marks. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027]*$/;

/** Terminal columns of `text`. Most texts need no look at graphemes. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}
