import { type ExplainedWord, formatAmount } from '../../engine/index.js';
import { costOf, formatCost } from '../../rates/money.js';
import type { ExplainedPrice, ExplainedText } from '../../usage/pricing/message-pricer.js';
import { groupThousands } from '../amounts.js';
import { stepCells, stepLabel } from '../documents/explanation.js';
import { visible } from '../text.js';
import { type Column, cellsIn, drawCells } from './draw.js';
import { drawFacts, paragraph, type Terminal, textWidth, wrapText, wrapWords } from './lines.js';

/** Different words listed in each class; more are counted only. */
const MOST_WORDS = 200;
/** Columns where there is no terminal, so that the text is the same in every pipe. */
const PLAIN_WIDTH = 80;

/** A price for people: the steps that add up to it, and what in the text they counted. */
export function* explanationTable(price: ExplainedPrice, terminal: Terminal): Generator<string> {
  const width = (terminal.width ?? PLAIN_WIDTH) - 2;
  yield* drawFacts(factsOf(price), terminal);
  yield '\n';
  if (price.byText !== undefined) yield* drawText(price.byText, width, terminal);
  yield* drawSteps(price, terminal);
  yield* drawCost(price, terminal);
  if (price.byText !== undefined) yield* drawWords(price.byText, width, terminal);
}

function factsOf({ message, report, byText }: ExplainedPrice): [string, string][] {
  const facts: [string, string][] = [];
  if (message !== undefined) facts.push(['Message', `${message.id}, ${message.timestamp}`]);
  const id = visible(`${message?.reportId ?? ''}`);
  if (report !== undefined) return [...facts, ['Price', `report ${id}, ${visible(report.name)}`]];
  const missing = id === '' ? '' : `, since report ${id} does not exist`;
  return [...facts, ['Price', `by the text${missing}; rules ${byText?.rules}`]];
}

function* drawText(
  { text, explanation }: ExplainedText,
  width: number,
  { chalk }: Terminal,
): Generator<string> {
  if (text === '') yield ` ${chalk.dim('(an empty text)')}\n`;
  const marked = new Set(explanation.thirdVowels.map(({ position }) => position));
  for (const line of markedLines(text, marked, width)) yield ` ${line}\n`;
  if (marked.size > 0) yield* paragraph('^ a vowel at every third character', 1, width + 1, chalk.dim);
  yield '\n';
}

function drawSteps({ steps, credits, byText }: ExplainedPrice, terminal: Terminal): Generator<string> {
  const { rows, total } = stepCells({ steps, credits }, byText?.rates);
  const columns = ['Step', 'Count', 'Rate', 'Credits'].map(
    (title, index): Column<readonly string[]> => ({
      title,
      cell: (cells) => cells[index] ?? '',
      holds: index === 0 ? undefined : 'number',
      wraps: index === 0,
      paint: (text, cells) => (Number(cells.at(-1)) === 0 ? terminal.chalk.dim(text) : text),
    }),
  );
  return drawCells(rows.map(cellsIn(columns)), columns, terminal, { totals: total });
}

function* drawCost({ credits, money }: ExplainedPrice, { width }: Terminal): Generator<string> {
  if (money === undefined) return;
  const { creditPrice, currency } = money;
  const cost = groupThousands(formatCost(costOf(credits, creditPrice)));
  const factors = `${groupThousands(formatAmount(credits))} × ${formatCost(creditPrice)} ${currency}`;
  yield* paragraph(`Cost  ${factors} = ${cost} ${currency}`, 1, width);
}

function* drawWords(
  { explanation, rates }: ExplainedText,
  width: number,
  { chalk }: Terminal,
): Generator<string> {
  for (const name of ['short', 'medium', 'long'] as const) {
    const words = explanation.words.filter((word) => word.class === name);
    if (words.length === 0) continue;
    yield '\n';
    yield* paragraph(stepLabel(`${name}-words`, rates), 1, width + 1, chalk.dim);
    for (const line of wrapWords(countedWords(words), width)) yield ` ${line}\n`;
  }
}

/** Each different word once, with how often it comes. */
function countedWords(words: readonly ExplainedWord[]): string[] {
  const counts = new Map<string, number>();
  for (const { word } of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const shown = [...counts].slice(0, MOST_WORDS).map(([word, count]) => {
    const text = word === '' ? '(nothing)' : visible(word);
    return count === 1 ? text : `${text}×${count}`;
  });
  return counts.size > MOST_WORDS ? [...shown, `… and ${counts.size - MOST_WORDS} more`] : shown;
}

/** Code points shown; a longer text is cut, with a note. */
const MOST_SHOWN = 4000;
const MARK = '^';

/**
 * A text in lines of at most `width` terminal columns, and beneath a line with marks the marks.
 *
 * @param marked positions to mark, in code points counted from 1
 */
function* markedLines(text: string, marked: ReadonlySet<number>, width: number): Generator<string> {
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
    const needed = textWidth(shown);
    if (columns + needed > width) {
      yield* [line, marks].filter(Boolean);
      [line, marks, columns] = ['', '', 0];
    }
    line += shown;
    if (anyBetween(marked, first, position)) marks = `${marks.padEnd(columns)}${MARK}`;
    columns += needed;
  }
  yield* [line, marks].filter(Boolean);
}

function anyBetween(marked: ReadonlySet<number>, first: number, last: number): boolean {
  for (let position = first; position <= last; position++) if (marked.has(position)) return true;
  return false;
}
