import { formatAmount } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { Summary, SummaryGroup } from '../../usage/summary/summary.js';
import { messagesInWords } from '../amounts.js';
import { type SummaryFacts, summaryColumns } from '../documents/summary.js';
import type { DataColumn, Field, Piece, Renderer } from '../rows.js';

/** Writes one table of typed columns. `rows` throws a DataError for a value that the format cannot hold exactly. */
export interface TableWriter<Row> extends Pick<Renderer<Row>, 'head' | 'rows'> {
  /** @param totals by the name of their column @param about what they are of: `6 of 35 messages` */
  tail(totals: ReadonlyMap<string, string>, about: string): Iterable<Piece>;
}

/** A table that is to be written. */
export interface TypedTable<Row> {
  readonly name: string;
  readonly columns: readonly DataColumn<Row>[];
  /** What errors call a row. */
  readonly where: (row: Row) => string;
}

export type NewTableWriter = <Row>(table: TypedTable<Row>) => TableWriter<Row>;

/** Rows of usage in such a format. */
export function typedRows(
  newWriter: NewTableWriter,
  fields: readonly Field[],
  outOf: () => number | undefined,
): Renderer {
  const writer = newWriter<UsageItem>({
    name: 'usage',
    columns: fields,
    where: ({ message }) => `message ${message.id}`,
  });
  return {
    head: writer.head,
    rows: writer.rows,
    tail({ messages, credits, cost }) {
      const totals = new Map([['credits_used', formatAmount(credits)]]);
      if (cost !== undefined) totals.set('cost', formatCost(cost));
      return writer.tail(totals, messagesInWords(messages, outOf()));
    },
  };
}

/** The groups of a summary in such a format. */
export function* typedSummary(
  newWriter: NewTableWriter,
  summary: Summary,
  { outOf }: SummaryFacts,
): Generator<Piece> {
  const columns = summaryColumns(summary);
  const where = (group: SummaryGroup) => `group ${columns[0]?.value(group)}`;
  const writer = newWriter<SummaryGroup>({ name: 'summary', columns, where });
  yield writer.head();
  yield writer.rows(summary.groups);
  const { messages, credits, cost } = summary;
  const totals = new Map([
    ['messages', `${messages}`],
    ['credits', formatAmount(credits)],
  ]);
  if (cost !== undefined) totals.set('cost', formatCost(cost));
  yield* writer.tail(totals, messagesInWords(messages, outOf));
}
