import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { type Amount, compareAmounts, ZERO } from '../../engine/index.js';
import { proportion } from '../../usage/summary/shares.js';
import { bar, namedLines, shorten, type Terminal, textWidth, wrapText } from './lines.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly dim: boolean;
  /** Terminal columns of the widest cell, spaces beside it not counted. */
  width: number;
}

/** Columns of a label whose words are broken into lines. */
const NARROWEST_WRAPPED = 12;
/** Rows that cli-table3 draws at a time: it takes the square of the rows of one table. */
const ROWS_A_BLOCK = 200;

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
  const bold = (cells: readonly string[]) => drawRows([cells.map((text) => chalk.bold(text))], columns);
  const rule = `${chalk.dim('─'.repeat(tableWidth(columns)))}\n`;
  yield bold(columns.map(({ title }) => title));
  yield rule;
  for (let start = 0; start < rows.length; start += ROWS_A_BLOCK) {
    const block = rows.slice(start, start + ROWS_A_BLOCK);
    yield drawRows(
      block.map((row) => columns.map(({ dim }, index) => (dim ? chalk.dim(row[index]) : (row[index] ?? '')))),
      columns,
    );
  }
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

function drawRows(rows: string[][], columns: readonly Column[]): string {
  const table = new Table({
    chars: NO_LINES,
    // cli-table3 colours on its own, in a pipe too, unless these are empty.
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: columns.map(({ width }) => width + 1),
    colAligns: columns.map(({ align }) => align),
  });
  table.push(...rows);
  return `${table.toString()}\n`;
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

const NARROWEST_BAR = 8;
/** The ends of longer bars are too far from the figures beside them. */
const WIDEST_BAR = 40;

/**
 * Draws a bar in the columns that a terminal leaves, in proportion to the largest amount.
 *
 * @param amounts of each row; undefined for one without a bar
 */
export function addBars(
  rows: readonly string[][],
  columns: Column[],
  amounts: readonly (Amount | undefined)[],
  { chalk, width }: Terminal,
): void {
  const barWidth = Math.min((width ?? 0) - tableWidth(columns) - 2, WIDEST_BAR);
  if (barWidth < NARROWEST_BAR) return;
  columns.push({ title: '', align: 'left', dim: false, width: barWidth });
  const largest = amounts.reduce<Amount>(
    (most, amount = ZERO) => (compareAmounts(amount, most) > 0 ? amount : most),
    ZERO,
  );
  for (const [index, amount] of amounts.entries()) {
    if (amount === undefined) continue;
    // What costs anything at all has a bar that is seen.
    const least = compareAmounts(amount, ZERO) > 0 ? 1 : 0;
    rows[index]?.push(chalk.cyan(bar(Math.max(least, proportion(amount, largest, barWidth * 8)))));
  }
}
