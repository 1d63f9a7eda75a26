import { formatAmount } from '../../engine/index.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import { decimalsOf, groupThousands, padDecimals } from '../amounts.js';
import type { Field, FieldName, Renderer } from '../rows.js';
import { visible } from '../text.js';
import { type Column, drawTable, tableWidth } from './draw.js';
import type { Terminal } from './lines.js';
import { paragraph, shorten, textWidth } from './lines.js';

export interface TableOptions extends Terminal {
  /** How many messages the period has, where the rows are not all of them: the footer then shows both. */
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
      yield* drawTable(rows, columns, options.chalk, undefined, options.width);
      const width = Math.min(tableWidth(columns), options.width ?? Number.POSITIVE_INFINITY);
      yield* footer(totals.messages, total, width, options);
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
 * Puts the credits, and the total given, on one decimal point, their thousands grouped.
 *
 * @returns the total with its zeros
 */
function alignDecimals(rows: string[][], fields: readonly Field[], total: string): string {
  const column = fields.findIndex(({ name }) => name === 'credits_used');
  const decimals = rows.reduce((most, row) => Math.max(most, decimalsOf(row[column] ?? '')), 0);
  const shown = (amount: string) => groupThousands(padDecimals(amount, decimals));
  if (column !== -1) for (const row of rows) row[column] = shown(row[column] ?? '');
  return shown(total);
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
  const shortened = columns.flatMap((column, index) =>
    SHORTENED.includes(fields[index]?.name ?? 'kind') && column.width > NARROWEST ? [index] : [],
  );
  const spare = shortened.reduce((sum, index) => sum + (columns[index]?.width ?? 0) - NARROWEST, 0);
  let excess = tableWidth(columns) - width;
  // Too narrow even so: the rows become blocks, which hold whole names.
  if (excess > spare) return columns;
  for (const index of shortened) {
    const column = columns[index];
    if (column === undefined || excess <= 0) continue;
    const less = Math.min(excess, column.width - NARROWEST);
    excess -= less;
    column.width -= less;
    for (const row of rows) row[index] = shorten(row[index] ?? '', column.width);
  }
  return columns;
}

/** ` 35 messages … Total 658.80`, the total under the credits; in two lines where one is too narrow. */
function* footer(
  count: number,
  total: string,
  width: number,
  { chalk, outOf, width: columns }: TableOptions,
): Generator<string> {
  const all = outOf();
  const left = ` ${all === undefined ? '' : `${count} of `}${all ?? count} ${(all ?? count) === 1 ? 'message' : 'messages'}`;
  const right = `Total  ${total}`;
  if (columns !== undefined && left.length + 2 + right.length > columns) {
    yield `${left}\n`;
    yield* paragraph(right, 1, columns);
    return;
  }
  const gap = Math.max(2, width - left.length - right.length);
  yield `${left}${' '.repeat(gap)}${chalk.bold(right)}\n`;
}
