import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { namedLines, shorten, textWidth, wrapText } from './lines.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly dim: boolean;
  /** Terminal columns of the widest cell, spaces beside it not counted. */
  width: number;
}

/** Stands for a cell's text where only what is around it is wanted. */
const FILLER = 'x';
/** Columns of a label whose words are broken into lines. */
const NARROWEST_WRAPPED = 12;
/** Rows that become one piece. */
const ROWS_A_PIECE = 500;

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** Terminal columns of a whole line: a space before each cell and one between two. */
export function tableWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + 2, -1);
}

/**
 * The header, the rows, a rule above and below them, and a last row for totals where there is one, as pieces
 * that end with a newline each. On a terminal that is too narrow for the columns each row is a block of lines instead.
 *
 * cli-table3 takes tens of microseconds a cell, and the square of the rows of one table. So it draws one row, and the
 * others get the same around cells that were cut to fit before; a test holds them to what it would have drawn.
 */
export function* drawTable(
  rows: readonly string[][],
  columns: readonly Column[],
  chalk: ChalkInstance,
  totals?: string[],
  width?: number,
): Generator<string> {
  if (width !== undefined && tableWidth(columns) > width) {
    yield* drawBlocks(rows, columns, chalk, totals, width);
    return;
  }
  const bold = (cells: readonly string[]) =>
    `${drawRow(
      cells.map((text) => chalk.bold(text)),
      columns,
    )}\n`;
  const rule = `${chalk.dim('─'.repeat(tableWidth(columns)))}\n`;
  yield bold(columns.map(({ title }) => title));
  yield rule;
  const around = aroundCells(columns);
  let piece = '';
  for (const [index, row] of rows.entries()) {
    piece += around[0] ?? '';
    for (const [place, column] of columns.entries()) {
      piece += padCell(row[place] ?? '', column, chalk) + (around[place + 1] ?? '');
    }
    piece += '\n';
    if (index % ROWS_A_PIECE !== ROWS_A_PIECE - 1) continue;
    yield piece;
    piece = '';
  }
  yield piece;
  yield rule;
  if (totals !== undefined) yield bold(totals);
}

/** Each row as a block: a line for each of its cells that is not empty, after the column's title. */
function* drawBlocks(
  rows: readonly string[][],
  columns: readonly Column[],
  chalk: ChalkInstance,
  totals: string[] | undefined,
  width: number,
): Generator<string> {
  const rule = `${chalk.dim('─'.repeat(width))}\n`;
  const first = Math.max(...columns.map(({ title }) => textWidth(title))) + 3;
  for (const row of totals === undefined ? rows : [...rows, totals]) {
    for (const [index, { title }] of columns.entries()) {
      const text = row[index] ?? '';
      if (text !== '') yield* namedLines(title, text, first, width, row === totals ? chalk.bold : chalk.dim);
    }
    yield rule;
  }
}

/** What stands before the first cell of a row, between two, and after the last. */
function aroundCells(columns: readonly Column[]): string[] {
  const filled = drawRow(
    columns.map(({ width }) => FILLER.repeat(width)),
    columns,
  );
  return filled.split(new RegExp(`${FILLER}+`));
}

function padCell(text: string, { align, dim, width }: Column, chalk: ChalkInstance): string {
  const padding = ' '.repeat(Math.max(width - textWidth(text), 0));
  const painted = dim ? chalk.dim(text) : text;
  return align === 'right' ? padding + painted : painted + padding;
}

function drawRow(cells: readonly string[], columns: readonly Column[]): string {
  const table = new Table({
    chars: NO_LINES,
    // cli-table3 colours on its own, in a pipe too, unless these are empty.
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: columns.map(({ width }) => width + 1),
    colAligns: columns.map(({ align }) => align),
  });
  table.push([...cells]);
  return table.toString();
}

/**
 * Makes a table fit `width` terminal columns by shortening the texts of one column.
 *
 * @param least columns that are left to it: a table that is too wide even so stays as it is, since its rows become blocks
 * @returns whether the table fits
 */
export function shortenColumn(
  rows: readonly string[][],
  columns: readonly Column[],
  index: number,
  least: number,
  width: number | undefined,
): boolean {
  const column = columns[index];
  const excess = width === undefined ? 0 : tableWidth(columns) - width;
  if (excess <= 0) return true;
  if (column === undefined || column.width - excess < least) return false;
  column.width -= excess;
  for (const row of rows) row[index] = shorten(row[index] ?? '', column.width);
  return true;
}

/**
 * The same by breaking the texts of the first column into lines: a row becomes several.
 *
 * @param paint for the cells of the row of that index, once they are broken
 */
export function wrapFirstColumn(
  rows: readonly string[][],
  columns: readonly Column[],
  width: number | undefined,
  paint: (cell: string, row: number) => string = (cell) => cell,
): string[][] {
  const [column] = columns;
  const excess = width === undefined ? 0 : tableWidth(columns) - width;
  if (column !== undefined && column.width - excess >= NARROWEST_WRAPPED) {
    column.width -= Math.max(excess, 0);
  }
  return rows.flatMap(([text = '', ...others], index) => {
    const [first = '', ...lines] = wrapText(text, excess > 0 ? column?.width : undefined);
    const broken = [[first, ...others], ...lines.map((line) => [line, ...others.map(() => '')])];
    return broken.map((row) => row.map((cell) => paint(cell, index)));
  });
}
