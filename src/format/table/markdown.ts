import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { Sum } from '../../usage/pricing/sums.js';
import type { Summary } from '../../usage/summary/summary.js';
import { groupThousands, invoiceInWords, sumsInWords } from '../amounts.js';
import { type SummaryFacts, summaryColumns } from '../documents/summary.js';
import type { ColumnType, Field, Renderer } from '../rows.js';
import { SYNTAX, visible } from '../text.js';
import type { Column } from './draw.js';
import { type TableOptions, usageColumns } from './usage-table.js';

/** A table in GitHub Flavored Markdown and a line with the totals. Nothing of upstream is anything but text in it. */
export function markdownRenderer(
  fields: readonly Field[],
  { outOf, currency }: Pick<TableOptions, 'outOf' | 'currency'>,
): Renderer {
  const columns = usageColumns(fields, currency);
  const cellOf = ({ cell, holds }: Column<UsageItem>, item: UsageItem) =>
    holds === 'credits' || holds === 'cost' ? groupThousands(cell(item)) : inert(cell(item));
  return {
    head: () =>
      headOf(
        columns.map(({ title }) => title),
        columns.map(({ holds }) => holds !== undefined),
      ),
    rows: (items) => items.map((item) => rowOf(columns.map((column) => cellOf(column, item)))).join(''),
    tail: (totals) => [totalLine(totals, currency, outOf())],
  };
}

/** The groups of a summary and a line with the totals. */
export function* markdownSummary(summary: Summary, { outOf }: SummaryFacts): Generator<string> {
  const columns = summaryColumns(summary);
  yield headOf(
    columns.map(({ name }) => name),
    columns.map(({ holds }) => SUMS.includes(holds)),
  );
  for (const group of summary.groups) {
    const cells = columns.map(({ holds, value }) => {
      const text = value(group) ?? '';
      return SUMS.includes(holds) ? groupThousands(text) : inert(visible(text));
    });
    yield rowOf(cells);
  }
  yield totalLine(summary, summary.currency, outOf);
}

const SUMS: readonly ColumnType[] = ['integer', 'decimal'];

function headOf(titles: readonly string[], right: readonly boolean[]): string {
  return rowOf(titles) + rowOf(right.map((each) => (each ? '---:' : '---')));
}

/** After an empty line, which ends the table. */
function totalLine(
  { messages, credits, cost }: Sum,
  currency: string | undefined,
  outOf: number | undefined,
): string {
  const sums = sumsInWords(messages, credits, outOf);
  const money = cost && currency ? `, ${invoiceInWords(cost, currency)}` : '';
  return `\n**Total:** ${sums}${money}\n`;
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/**
 * One line of text that Markdown shows as it is. GitHub looks for mentions, references and addresses in the text that it
 * shows, after the backslashes are gone: a character without width parts them.
 */
function inert(text: string): string {
  return text
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/[&<>]/g, (character) => SYNTAX[character] ?? character)
    .replace(
      /@(?=[\w/])|#(?=\d)|\bGH-(?=\d)|:(?=\/\/|[\w+-]*[a-z][\w+-]*:|[+-]1:)|\bwww(?=\.)|\b(?:mailto|xmpp):/gi,
      '$&&#8203;',
    );
}
