import { textWidth } from './text-width.js';

const ELLIPSIS = '…';

/** `text` in at most `columns` terminal columns, cut between graphemes and ended with `…` where it was cut. */
export function shorten(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}
