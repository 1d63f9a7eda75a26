import { formatAmount } from '../engine/index.js';
import { kindOf, type UsageItem } from '../usage/item.js';
import { decimalsOf, padDecimals } from './decimals.js';
import { type Column, drawTable, tableWidth } from './draw-table.js';
import type { FieldName } from './field-names.js';
import type { Field } from './fields.js';
import type { Renderer } from './renderer.js';
import { shorten } from './shorten.js';
import type { Terminal } from './terminal.js';
import { textWidth } from './text-width.js';
import { visible } from './visible.js';

export interface TableOptions extends Terminal {
  /** How many messages the period has, where the rows are not all of them: the footer then says so. */
  readonly outOf: () => number | undefined;
}

const TITLES: Record<FieldName, string> = {
  message_id: 'Message',
  timestamp: 'Timestamp',
  report_name: 'Report',
  credits_used: 'Credits',
  report_id: 'Report ID',
  kind: 'Kind',
  date: 'Date',
  characters: 'Characters',
  text: 'Text',
};
const RIGHT: readonly FieldName[] = ['message_id', 'credits_used', 'characters'];
/** What is shortened on a narrow terminal, and only these: never a number, an id or a date. */
const SHORTENED: readonly FieldName[] = ['report_name', 'text'];
const NARROWEST = 8;

/**
 * A table for people. It holds every row until the last, since only then the widths are known: memory grows
 * with the rows (about 200 bytes each); scripts use the other formats.
 */
export function tableRenderer(fields: readonly Field[], options: TableOptions): Renderer {
  const rows: string[][] = [];
  return {
    head: () => '',
    rows(items) {
      for (const item of items) rows.push(fields.map((field) => cellText(field, item)));
      return '';
    },
    *tail(totals) {
      const total = alignDecimals(rows, fields, formatAmount(totals.credits));
      const columns = columnsOf(rows, fields, total, options.width);
      yield* drawTable(rows, columns, options.chalk);
      yield `${footer(totals.count, total, tableWidth(columns), options)}\n`;
    },
  };
}

function cellText(field: Field, item: UsageItem): string {
  const value = field.value(item);
  if (value !== undefined) return field.type(item) === 'text' ? visible(value) : value;
  if (field.name !== 'report_name') return '';
  return kindOf(item) === 'missing-report' ? `– (no report ${visible(`${item.message.reportId}`)})` : '–';
}

/**
 * Puts the credits, and the total given, on one decimal point.
 *
 * @returns the total with its zeros
 */
function alignDecimals(rows: string[][], fields: readonly Field[], total: string): string {
  const column = fields.findIndex(({ name }) => name === 'credits_used');
  const decimals = rows.reduce((most, row) => Math.max(most, decimalsOf(row[column] ?? '')), 0);
  if (column !== -1) for (const row of rows) row[column] = padDecimals(row[column] ?? '', decimals);
  return padDecimals(total, decimals);
}

function columnsOf(
  rows: string[][],
  fields: readonly Field[],
  total: string,
  width: number | undefined,
): Column[] {
  const columns = fields.map(({ name }, index) => ({
    title: TITLES[name],
    align: RIGHT.includes(name) ? ('right' as const) : ('left' as const),
    dim: name === 'timestamp',
    width: rows.reduce(
      (most, row) => Math.max(most, textWidth(row[index] ?? '')),
      Math.max(TITLES[name].length, name === 'credits_used' ? total.length : 0),
    ),
  }));
  if (width === undefined) return columns;

  let excess = tableWidth(columns) - width;
  for (const [index, column] of columns.entries()) {
    const { name } = fields[index] ?? {};
    if (excess <= 0 || name === undefined || !SHORTENED.includes(name)) continue;
    const narrower = Math.max(NARROWEST, column.width - excess);
    if (narrower >= column.width) continue;
    excess -= column.width - narrower;
    column.width = narrower;
    for (const row of rows) row[index] = shorten(row[index] ?? '', narrower);
  }
  return columns;
}

/** ` 35 messages … Total 658.80`, the total under the credits. */
function footer(count: number, total: string, width: number, { chalk, outOf }: TableOptions): string {
  const all = outOf();
  const left = ` ${all === undefined ? '' : `${count} of `}${all ?? count} ${(all ?? count) === 1 ? 'message' : 'messages'}`;
  const gap = Math.max(2, width - left.length - 'Total'.length - 2 - total.length);
  return `${left}${' '.repeat(gap)}${chalk.bold(`Total  ${total}`)}`;
}
