import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';

/** What text for people may use where it goes. */
export interface Terminal {
  readonly chalk: ChalkInstance;
  /** Columns; undefined off a terminal, where nothing is shortened. */
  readonly width: number | undefined;
}

/** Printable characters of one column each: ASCII, Latin letters, dashes and quotation marks. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027]*$/;

/** Of texts with other characters: names of reports come again and again, and graphemes take long to tell apart. */
const widths = new Map<string, number>();
const MOST_WIDTHS = 10_000;

/** Terminal columns of `text`. Most texts need no look at graphemes. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = widths.get(text);
  if (width === undefined) {
    width = stringWidth(text);
    if (widths.size === MOST_WIDTHS) widths.clear();
    widths.set(text, width);
  }
  return width;
}

const ELLIPSIS = '…';

/** `text` in at most `columns` terminal columns, cut between graphemes and ended with `…` where it was cut. */
export function shorten(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let shortened = '';
  let width = 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    shortened += segment;
  }
  return shortened + ELLIPSIS;
}

/**
 * Words in lines of at most `width` terminal columns. A longer word is broken between graphemes, or, where it must stay
 * whole so that it can be copied, has a line of its own.
 */
export function* wrapWords(words: Iterable<string>, width: number, whole = false): Generator<string> {
  let line = '';
  let columns = 0;
  for (const word of words) {
    for (const part of !whole && textWidth(word) > width ? breakWord(word, width) : [word]) {
      const needed = textWidth(part);
      if (line !== '' && columns + 1 + needed > width) {
        yield line;
        line = '';
      }
      columns = line === '' ? needed : columns + 1 + needed;
      line = line === '' ? part : `${line} ${part}`;
    }
  }
  if (line !== '') yield line;
}

function* breakWord(word: string, width: number): Generator<string> {
  let part = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const needed = textWidth(segment);
    if (part !== '' && columns + needed > width) {
      yield part;
      [part, columns] = ['', 0];
    }
    part += segment;
    columns += needed;
  }
  yield part;
}

/** A text as it is where it fits in `width` terminal columns, else in lines of that width. */
export function wrapText(text: string, width: number | undefined): string[] {
  if (width === undefined || textWidth(text) <= width) return [text];
  return [...wrapWords(text.split(/ +/).filter(Boolean), Math.max(width, 1))];
}

/** Lines of `text`, each after `indent` spaces, that a terminal of `width` columns does not break. */
export function* paragraph(
  text: string,
  indent: number,
  width: number | undefined,
  paint = (line: string) => line,
): Generator<string> {
  const lines = wrapText(text, width === undefined ? undefined : width - indent);
  for (const line of lines) yield `${' '.repeat(indent)}${paint(line)}\n`;
}

/** Least columns for a value beside its name. */
const NARROWEST_VALUE = 12;

/**
 * A name and its text beside it, further lines below the first; on a terminal too narrow for that, below the name.
 *
 * @param column of the value, counted from 0; what is before it is the name's
 * @param paint for the name, which it may not make longer
 */
export function* namedLines(
  name: string,
  text: string,
  column: number,
  width: number | undefined,
  paint: (text: string) => string,
): Generator<string> {
  if (width !== undefined && width - column < NARROWEST_VALUE && column + textWidth(text) > width) {
    yield ` ${paint(name)}\n`;
    yield* paragraph(text, 3, width);
    return;
  }
  const [first = '', ...others] = wrapText(text, width === undefined ? undefined : width - column);
  yield ` ${paint(name.padEnd(column - 3))}  ${first}\n`;
  for (const line of others) yield `${' '.repeat(column)}${line}\n`;
}

/** Lines of a dim name and its text, the texts aligned. The caller escapes the text (`visible`). */
export function* drawFacts(
  facts: readonly (readonly [name: string, text: string])[],
  { chalk, width }: Terminal,
): Generator<string> {
  const column = Math.max(...facts.map(([name]) => name.length)) + 3;
  for (const [name, text] of facts) yield* namedLines(name, text, column, width, chalk.dim);
}

const FULL = '█';
/** One to seven eighths of a block. */
const PARTS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A horizontal bar of so many eighths of a terminal column. */
export function bar(eighths: number): string {
  return FULL.repeat(Math.floor(eighths / 8)) + (PARTS[(eighths % 8) - 1] ?? '');
}
