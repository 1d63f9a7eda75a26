import { formatAmount } from '../../engine/index.js';
import { formatCost, NO_COST } from '../../rates/money.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import type { Totals } from '../../usage/pricing/sums.js';
import { groupThousands, invoiceInWords, messagesInWords } from '../amounts.js';
import type { Field, FieldName, Renderer } from '../rows.js';
import { visible } from '../text.js';
import {
  alignAmounts,
  type Column,
  cellsIn,
  type DrawnColumn,
  drawTable,
  fitColumns,
  tableWidth,
} from './draw.js';
import { paragraph, type Terminal } from './lines.js';

export interface TableOptions extends Terminal {
  /** How many messages the period has, where the rows are not all of them: the footer then shows both. */
  readonly outOf: () => number | undefined;
  /** Of costs; undefined where a credit has no price. */
  readonly currency: string | undefined;
}

const AMOUNTS: Partial<Record<FieldName, 'credits' | 'cost'>> = { credits_used: 'credits', cost: 'cost' };
const NARROWEST = 8;

/**
 * A table for people. It holds every row until the last, since only then the widths are known: memory grows
 * with the rows (about 200 bytes each); scripts use the other formats.
 */
export function tableRenderer(fields: readonly Field[], options: TableOptions): Renderer {
  const columns = usageColumns(fields, options.currency);
  const cellsOf = cellsIn(columns);
  const rows: string[][] = [];
  return {
    head: () => '',
    rows(items) {
      for (const item of items) rows.push(cellsOf(item));
      return '';
    },
    *tail(totals) {
      const { credits, cost = NO_COST } = totals;
      const totalOf = { credits: formatAmount(credits), cost: formatCost(cost) };
      const sums = columns.map(({ holds }) =>
        holds === 'credits' || holds === 'cost' ? totalOf[holds] : '',
      );
      alignAmounts([...rows, sums], columns);
      const drawn = fitColumns(rows, columns, sums, options.width);
      yield* drawTable(rows, drawn, options.chalk, undefined, options.width);
      const shown = (holds: 'credits' | 'cost') =>
        sums[columns.findIndex((column) => column.holds === holds)] ?? groupThousands(totalOf[holds]);
      const costWidth = columns.at(-1)?.holds === 'cost' ? drawn.at(-1)?.width : 0;
      const exact = { credits: shown('credits'), cost: shown('cost').padStart(costWidth ?? 0) };
      yield* footer(totals, exact, drawn, options);
    },
  };
}

/** The columns for people; nothing of upstream in them steers a terminal. */
export function usageColumns(fields: readonly Field[], currency: string | undefined): Column<UsageItem>[] {
  return fields.map((field) => {
    const { name, title, holds } = field;
    return {
      title: name === 'cost' ? `${title} ${currency}` : title,
      cell: (item) => cellText(field, item),
      holds: AMOUNTS[name] ?? (holds === 'integer' ? 'number' : undefined),
      dim: name === 'timestamp',
      least: name === 'report_name' || name === 'text' ? NARROWEST : undefined,
    };
  });
}

function cellText(field: Field, item: UsageItem): string {
  const value = field.value(item);
  if (value !== undefined) {
    if (field.name === 'characters') return groupThousands(value);
    return field.type(item) === 'text' ? visible(value) : value;
  }
  if (field.name !== 'report_name') return '';
  return kindOf(item) === 'missing-report' ? `– (no report ${visible(`${item.message.reportId}`)})` : '–';
}

/**
 * ` 35 messages … Total 658.80`, the total under the credits, its exact cost beside it, and in a line of its own what
 * the cost is on an invoice; more lines where one is too narrow.
 */
function* footer(
  { messages, cost = NO_COST }: Totals,
  exact: Readonly<Record<'credits' | 'cost', string>>,
  columns: readonly DrawnColumn[],
  { chalk, outOf, width, currency }: TableOptions,
): Generator<string> {
  const widest = Math.min(tableWidth(columns), width ?? Number.POSITIVE_INFINITY);
  const left = ` ${messagesInWords(messages, outOf())}`;
  const exactCost = currency === undefined ? '' : `  ${exact.cost}`;
  yield* atBothEnds(left, `Total  ${exact.credits}${exactCost}`);
  if (currency !== undefined) yield* atBothEnds('', `Total  ${invoiceInWords(cost, currency)}`);

  function* atBothEnds(start: string, end: string): Generator<string> {
    if (width !== undefined && start.length + 2 + end.length > width) {
      if (start !== '') yield `${start}\n`;
      yield* paragraph(end, 1, width);
      return;
    }
    const gap = Math.max(start === '' ? 1 : 2, widest - start.length - end.length);
    yield `${start}${' '.repeat(gap)}${chalk.bold(end)}\n`;
  }
}
