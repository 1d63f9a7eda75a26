import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { type Amount, compareAmounts, formatAmount, ZERO } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { proportion } from '../../usage/pricing/sums.js';
import { groupThousands, mostDecimals, padDecimals } from '../amounts.js';
import { bar, namedLines, shorten, type Terminal, textWidth, wrapText } from './lines.js';

/** A column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Texts, where nothing else is said. Amounts of one unit have one decimal point, in all their columns. */
  readonly holds?: 'number' | 'credits' | 'cost' | undefined;
  readonly dim?: boolean;
  /** Terminal columns that a narrow terminal leaves its texts, which are shortened: never those of an id or a date. */
  readonly least?: number | undefined;
  /** Of the first column: its texts are broken into lines instead. */
  readonly wraps?: boolean;
  /** A cell once it is as wide as it is shown. */
  readonly paint?: (text: string, cells: readonly string[]) => string;
}

/** A column as it is drawn. */
export interface DrawnColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly dim: boolean;
  /** Terminal columns of the widest cell, spaces beside it not counted. */
  width: number;
}

interface Below {
  readonly totals?: string[] | undefined;
  /** What the bar of each row shows; undefined for one without a bar. */
  readonly bars?: readonly (Amount | undefined)[];
}

/** @param noCost where a sum has none */
export function sumColumns<Row>(
  currency: string | undefined,
  sumOf: (row: Row) => Sum,
  noCost = '–',
): Column<Row>[] {
  const columns: Column<Row>[] = [
    { title: 'Messages', holds: 'number', cell: (row) => groupThousands(`${sumOf(row).messages}`) },
    { title: 'Credits', holds: 'credits', cell: (row) => formatAmount(sumOf(row).credits) },
  ];
  if (currency === undefined) return columns;
  const costText = ({ cost }: Sum) => (cost === undefined ? noCost : formatCost(cost));
  return [...columns, { title: `Cost ${currency}`, holds: 'cost', cell: (row) => costText(sumOf(row)) }];
}

export const cellsIn =
  <Row>(columns: readonly Column<Row>[]) =>
  (row: Row): string[] =>
    columns.map(({ cell }) => cell(row));

/** Draws rows of cells by their columns, as wide as a terminal lets them be. Changes the cells. */
export function* drawCells<Row>(
  rows: string[][],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  { totals, bars }: Below = {},
): Generator<string> {
  const { chalk, width } = terminal;
  alignAmounts(totals === undefined ? rows : [...rows, totals], columns);
  const drawn = fitColumns(rows, columns, totals, width);
  if (bars !== undefined) addBars(rows, drawn, bars, terminal);
  const wrapped = columns[0]?.wraps
    ? wrapFirstColumn(rows, drawn, excessOf(drawn, width))
    : rows.map((row) => [row]);
  const painted = wrapped.flatMap((lines, index) =>
    lines.map((line) =>
      line.map((text, at) => (text === '' ? text : (columns[at]?.paint?.(text, rows[index] ?? []) ?? text))),
    ),
  );
  yield* drawTable(painted, drawn, chalk, totals, width);
}

const AMOUNT = /^[+-]?\d+(\.\d+)?$/;

/** Puts the amounts of each unit on one decimal point, their thousands grouped; other texts in their columns stay. */
export function alignAmounts<Row>(rows: readonly string[][], columns: readonly Column<Row>[]): void {
  for (const unit of ['credits', 'cost']) {
    const indexes = [...columns.keys()].filter((index) => columns[index]?.holds === unit);
    const amounts = rows.flatMap((row) => indexes.map((index) => row[index] ?? ''));
    const decimals = mostDecimals(amounts.filter((text) => AMOUNT.test(text)));
    for (const row of rows) {
      for (const index of indexes) {
        const text = row[index] ?? '';
        if (AMOUNT.test(text)) row[index] = groupThousands(padDecimals(text, decimals));
      }
    }
  }
}

/**
 * The columns with their widths. Where a terminal is too narrow for them, texts that may be are shortened; a table that
 * is too wide even so stays as it is, since its rows become blocks.
 */
export function fitColumns<Row>(
  rows: readonly string[][],
  columns: readonly Column<Row>[],
  totals: readonly string[] | undefined,
  width: number | undefined,
): DrawnColumn[] {
  const drawn = columns.map(
    ({ title, holds, dim = false }, index): DrawnColumn => ({
      title,
      align: holds === undefined ? 'left' : 'right',
      dim,
      width: rows.reduce(
        (most, row) => Math.max(most, textWidth(row[index] ?? '')),
        Math.max(title.length, totals?.[index]?.length ?? 0),
      ),
    }),
  );
  const spare = columns.map(({ least }, index) =>
    Math.max(0, (drawn[index]?.width ?? 0) - (least ?? Infinity)),
  );
  let excess = excessOf(drawn, width);
  if (excess > spare.reduce((sum, each) => sum + each, 0)) return drawn;
  for (const [index, column] of drawn.entries()) {
    const less = Math.min(excess, spare[index] ?? 0);
    if (less <= 0) continue;
    excess -= less;
    column.width -= less;
    for (const row of rows) row[index] = shorten(row[index] ?? '', column.width);
  }
  return drawn;
}

/** Columns of a label whose words are broken into lines. */
const NARROWEST_WRAPPED = 12;
/** Rows that cli-table3 draws at a time: it takes the square of the rows of one table. */
const ROWS_A_BLOCK = 200;

const LINES = ['top', 'bottom', 'left', 'right'].flatMap((side) => [
  side,
  `${side}-mid`,
  `${side}-left`,
  `${side}-right`,
]);
/** Two spaces between columns, one of them the padding, and nothing else. */
const CHARS = { ...Object.fromEntries([...LINES, 'mid', 'mid-mid'].map((name) => [name, ''])), middle: ' ' };

/** Terminal columns of a whole line: a space before each cell and one between two. */
export function tableWidth(columns: readonly DrawnColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width + 2, -1);
}

/** Terminal columns that the table is too wide. */
function excessOf(columns: readonly DrawnColumn[], width: number | undefined): number {
  return width === undefined ? 0 : tableWidth(columns) - width;
}

/**
 * The header, the rows, a rule above and below them, and a last row for totals where there is one, as pieces
 * that end with a newline each. On a terminal that is too narrow for the columns each row is a block of lines instead.
 */
export function* drawTable(
  rows: readonly string[][],
  columns: readonly DrawnColumn[],
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
  columns: readonly DrawnColumn[],
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

function drawRows(rows: string[][], columns: readonly DrawnColumn[]): string {
  const table = new Table({
    chars: CHARS,
    // cli-table3 colours on its own, in a pipe too, unless these are empty.
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: columns.map(({ width }) => width + 1),
    colAligns: columns.map(({ align }) => align),
  });
  table.push(...rows);
  return `${table.toString()}\n`;
}

/** Breaks the texts of the first column into lines where a table is too wide. @returns the lines of each row */
function wrapFirstColumn(
  rows: readonly string[][],
  [column]: readonly DrawnColumn[],
  excess: number,
): string[][][] {
  if (column !== undefined && column.width - excess >= NARROWEST_WRAPPED) {
    column.width -= Math.max(excess, 0);
  }
  return rows.map(([text = '', ...others]) => {
    const [first = '', ...lines] = wrapText(text, excess > 0 ? column?.width : undefined);
    return [[first, ...others], ...lines.map((line) => [line, ...others.map(() => '')])];
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
function addBars(
  rows: readonly string[][],
  columns: DrawnColumn[],
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
