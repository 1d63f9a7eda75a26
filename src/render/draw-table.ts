import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { textWidth } from './text-width.js';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly dim: boolean;
  /** Terminal columns of the widest cell, spaces beside it not counted. */
  width: number;
}

/** Stands for a cell's text where only what is around it is wanted. */
const FILLER = 'x';
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
 * that end with a newline each.
 *
 * cli-table3 takes tens of microseconds a cell, and the square of the rows of one table. So it draws one row, and the
 * others get the same around cells that were cut to fit before; a test holds them to what it would have drawn.
 */
export function* drawTable(
  rows: readonly string[][],
  columns: readonly Column[],
  chalk: ChalkInstance,
  totals?: string[],
): Generator<string> {
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
