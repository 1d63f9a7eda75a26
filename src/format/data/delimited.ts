import { escapeCell, guard, quote } from '../../document/cell-text.js';
import { literal } from '../../json/bytes.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { Summary } from '../../usage/summary/summary.js';
import { summaryFieldNames, summaryFields } from '../documents/summary.js';
import type { Field, Renderer } from '../rows.js';
import { putPlainValue, RowBytes } from './row-bytes.js';

export interface DelimitedOptions {
  /** Of CSV: one character that occurs in no number, timestamp or header. */
  readonly delimiter: string;
  /** Begin with a UTF-8 byte order mark, for spreadsheets that need one. */
  readonly bom: boolean;
  /** Prevent spreadsheets from running text cells as formulas. */
  readonly formulaGuard: boolean;
}

/** How rows of cells are written. */
export interface Dialect {
  readonly delimiter: string;
  readonly endOfRow: string;
  /** A cell of any text. */
  readonly cell: (text: string) => string;
  /** The name of a column of such cells. */
  readonly textTitle: (name: string) => string;
}

export function csvDialect({ delimiter, formulaGuard }: DelimitedOptions): Dialect {
  return {
    delimiter,
    endOfRow: '\r\n',
    cell: csvCell(delimiter, formulaGuard),
    // How a reader knows that a leading `'` is the text's own.
    textTitle: (name) => (formulaGuard ? name : `"${name}"`),
  };
}

export function tsvDialect({ formulaGuard }: DelimitedOptions): Dialect {
  return {
    delimiter: '\t',
    endOfRow: '\n',
    cell: (text) => escapeCell(text, formulaGuard),
    textTitle: (name) => name,
  };
}

/** Writes a text cell of CSV: guarded first, then quoted, so that what a reader parses is the guard and the exact text. */
export function csvCell(delimiter: string, formulaGuard: boolean): (text: string) => string {
  return (text) => quote(formulaGuard ? guard(text) : text, delimiter);
}

const TEXT_COLUMNS: readonly string[] = ['report_name', 'report_id', 'text'];

function headOf(names: readonly string[], bom: boolean, dialect: Dialect): string {
  const titles = names.map((name) => (TEXT_COLUMNS.includes(name) ? dialect.textTitle(name) : name));
  return `${bom ? '\uFEFF' : ''}${titles.join(dialect.delimiter)}${dialect.endOfRow}`;
}

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
  yield headOf(summaryFieldNames(summary.by), bom, dialect);
  for (const group of summary.groups) {
    const cells = summaryFields(group, summary.by).map(({ value = '', type }) =>
      type === 'number' ? value : dialect.cell(value),
    );
    yield `${cells.join(dialect.delimiter)}${dialect.endOfRow}`;
  }
}
