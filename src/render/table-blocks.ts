import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly dim: boolean;
  /** Terminal columns of the widest cell, spaces beside it not counted. */
  width: number;
}

/** cli-table3 slows with the square of the rows of one table, so the rows are drawn in blocks of fixed widths. */
const ROWS_A_BLOCK = 20;

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
 */
export function* drawTable(
  rows: readonly string[][],
  columns: readonly Column[],
  chalk: ChalkInstance,
  totals?: string[],
): Generator<string> {
  const rule = `${chalk.dim('─'.repeat(tableWidth(columns)))}\n`;
  yield `${drawBlock([columns.map(({ title }) => title)], columns, (text) => chalk.bold(text))}\n`;
  yield rule;
  for (let first = 0; first < rows.length; first += ROWS_A_BLOCK) {
    const block = rows.slice(first, first + ROWS_A_BLOCK);
    yield `${drawBlock(block, columns, (text, { dim }) => (dim ? chalk.dim(text) : text))}\n`;
  }
  yield rule;
  if (totals !== undefined) yield `${drawBlock([totals], columns, (text) => chalk.bold(text))}\n`;
}

function drawBlock(
  rows: readonly string[][],
  columns: readonly Column[],
  paint: (text: string, column: Column) => string,
): string {
  const table = new Table({
    chars: NO_LINES,
    // cli-table3 colours on its own, in a pipe too, unless these are empty.
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: columns.map(({ width }) => width + 1),
    colAligns: columns.map(({ align }) => align),
  });
  for (const row of rows) table.push(columns.map((column, index) => paint(row[index] ?? '', column)));
  return table.toString();
}
