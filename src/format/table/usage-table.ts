import { formatAmount } from '../../engine/index.js';
import { formatCost, NO_COST } from '../../rates/money.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import type { Totals } from '../../usage/pricing/sums.js';
import { groupThousands, invoiceInWords, messagesInWords, mostDecimals, padDecimals } from '../amounts.js';
import type { Field, FieldName, Renderer } from '../rows.js';
import { visible } from '../text.js';
import { type Column, drawTable, tableWidth } from './draw.js';
import type { Terminal } from './lines.js';
import { paragraph, shorten, textWidth } from './lines.js';

export interface TableOptions extends Terminal {
  /** How many messages the period has, where the rows are not all of them: the footer then shows both. */
  readonly outOf: () => number | undefined;
  /** Of costs; undefined where a credit has no price. */
  readonly currency: string | undefined;
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
  cost: 'Cost',
  currency: 'Currency',
};
/** Columns of numbers. */
export const RIGHT: readonly FieldName[] = ['message_id', 'credits_used', 'characters', 'cost'];
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
      const sums = alignDecimals(rows, fields, totals);
      const columns = columnsOf(rows, fields, sums, options);
      yield* drawTable(rows, columns, options.chalk, undefined, options.width);
      const width = Math.min(tableWidth(columns), options.width ?? Number.POSITIVE_INFINITY);
      yield* footer(totals, sums, columns, width, options);
    },
  };
}

/** The title of a column. */
export function titleOf(name: FieldName, currency: string | undefined): string {
  return name === 'cost' ? `${TITLES.cost} ${currency}` : TITLES[name];
}

/** A field of a row for people; nothing of upstream in it steers a terminal. */
export function cellText(field: Field, item: UsageItem): string {
  const value = field.value(item);
  if (value !== undefined) {
    if (field.name === 'characters') return groupThousands(value);
    return field.type(item) === 'text' ? visible(value) : value;
  }
  if (field.name !== 'report_name') return '';
  return kindOf(item) === 'missing-report' ? `– (no report ${visible(`${item.message.reportId}`)})` : '–';
}

/** The totals of the columns that have one, as they are shown. */
type Sums = Readonly<Partial<Record<FieldName, string>>>;

/**
 * Puts the amounts of each such column, and its total, on one decimal point, their thousands grouped.
 *
 * @returns the totals with their zeros
 */
function alignDecimals(rows: string[][], fields: readonly Field[], { credits, cost }: Totals): Sums {
  const align = (name: FieldName, total: string) => {
    const column = fields.findIndex((field) => field.name === name);
    const decimals = mostDecimals(rows.map((row) => row[column] ?? ''));
    const shown = (amount: string) => groupThousands(padDecimals(amount, decimals));
    if (column !== -1) for (const row of rows) row[column] = shown(row[column] ?? '');
    return shown(total);
  };
  return {
    credits_used: align('credits_used', formatAmount(credits)),
    ...(cost !== undefined && { cost: align('cost', formatCost(cost)) }),
  };
}

function columnsOf(
  rows: string[][],
  fields: readonly Field[],
  sums: Sums,
  { width, currency }: TableOptions,
): Column[] {
  const columns = fields.map(({ name }, index) => {
    const title = titleOf(name, currency);
    return {
      title,
      align: RIGHT.includes(name) ? ('right' as const) : ('left' as const),
      dim: name === 'timestamp',
      width: rows.reduce(
        (most, row) => Math.max(most, textWidth(row[index] ?? '')),
        Math.max(title.length, sums[name]?.length ?? 0),
      ),
    };
  });
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

/**
 * ` 35 messages … Total 658.80`, the total under the credits, its exact cost beside it, and in a line of its own what
 * the cost is on an invoice; more lines where one is too narrow.
 */
function* footer(
  { messages, cost = NO_COST }: Totals,
  sums: Sums,
  columns: readonly Column[],
  width: number,
  { chalk, outOf, width: terminalWidth, currency }: TableOptions,
): Generator<string> {
  const left = ` ${messagesInWords(messages, outOf())}`;
  const hasCost = currency !== undefined;
  const costWidth = columns.at(-1)?.title.startsWith(TITLES.cost) ? (columns.at(-1)?.width ?? 0) : 0;
  const exact = hasCost ? `  ${(sums.cost ?? '').padStart(costWidth)}` : '';
  yield* atBothEnds(left, `Total  ${sums.credits_used}${exact}`);
  if (hasCost) yield* atBothEnds('', `Total  ${invoiceInWords(cost, currency)}`);

  function* atBothEnds(start: string, end: string): Generator<string> {
    if (terminalWidth !== undefined && start.length + 2 + end.length > terminalWidth) {
      if (start !== '') yield `${start}\n`;
      yield* paragraph(end, 1, terminalWidth);
      return;
    }
    const gap = Math.max(start === '' ? 1 : 2, width - start.length - end.length);
    yield `${start}${' '.repeat(gap)}${chalk.bold(end)}\n`;
  }
}
