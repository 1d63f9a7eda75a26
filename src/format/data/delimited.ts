import { literal } from '../../json/bytes.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { Summary } from '../../usage/summary/summary.js';
import { summaryFieldNames, summaryFields } from '../documents/summary.js';
import type { Field, Renderer } from '../rows.js';
import { type DelimitedOptions, type Dialect, headOf } from './dialect.js';
import { putPlainValue, RowBytes } from './row-bytes.js';

/** Rows as CSV (RFC 4180: CRLF, quotes only where a cell needs them) or TSV. A header always. */
export function delimitedRenderer(
  dialect: Dialect,
  { fields, bom }: DelimitedOptions & { readonly fields: readonly Field[] },
): Renderer {
  const { cell } = dialect;
  const separator = literal(dialect.delimiter);
  const endOfRow = literal(dialect.endOfRow);
  const out = new RowBytes();
  const put = (item: UsageItem, { plain, value, type }: Field) => {
    if (plain !== undefined) return putPlainValue(plain, item, out);
    const text = value(item) ?? '';
    if (text === '') return;
    if (type(item) === 'text') out.text(cell(text));
    else out.ascii(text);
  };
  return {
    head: () =>
      headOf(
        fields.map(({ name }) => name),
        bom,
        dialect,
      ),
    rows(items) {
      for (const item of items) {
        let first = true;
        for (const field of fields) {
          if (!first) out.literal(separator);
          first = false;
          put(item, field);
        }
        out.literal(endOfRow);
      }
      return out.take();
    },
    tail: () => [],
  };
}

/** The groups of a summary in the same dialects. */
export function* delimitedSummary(
  dialect: Dialect,
  summary: Summary,
  { bom }: DelimitedOptions,
): Generator<string> {
  yield headOf(summaryFieldNames(summary), bom, dialect);
  for (const group of summary.groups) {
    const cells = summaryFields(group, summary).map(({ value = '', type }) =>
      type === 'number' ? value : dialect.cell(value),
    );
    yield `${cells.join(dialect.delimiter)}${dialect.endOfRow}`;
  }
}
