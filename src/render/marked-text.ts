import { textWidth } from './text-width.js';
import { visible } from './visible.js';
import { wrapText } from './wrap.js';

/** Code points shown; a longer text is cut, and says so. */
const MOST_SHOWN = 4000;
const MARK = '^';

/**
 * A text in lines of at most `width` terminal columns, and beneath a line with marks the marks.
 *
 * @param marked positions to mark, in code points counted from 1
 */
export function* markedLines(text: string, marked: ReadonlySet<number>, width: number): Generator<string> {
  let line = '';
  let marks = '';
  let columns = 0;
  let position = 0;
  const segments = new Intl.Segmenter().segment(text);
  for (const { segment, index } of segments) {
    if (position >= MOST_SHOWN) {
      yield* [line, marks].filter(Boolean);
      yield* wrapText(`… and ${[...text.slice(index)].length} more characters`, width);
      return;
    }
    const first = position + 1;
    position += [...segment].length;
    const shown = visible(segment);
    const room = textWidth(shown);
    if (columns + room > width) {
      yield* [line, marks].filter(Boolean);
      [line, marks, columns] = ['', '', 0];
    }
    line += shown;
    if (anyBetween(marked, first, position)) marks = `${marks.padEnd(columns)}${MARK}`;
    columns += room;
  }
  yield* [line, marks].filter(Boolean);
}

function anyBetween(marked: ReadonlySet<number>, first: number, last: number): boolean {
  for (let position = first; position <= last; position++) if (marked.has(position)) return true;
  return false;
}
