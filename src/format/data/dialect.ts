import { escapeCell, guard, quote } from '../../document/cell-text.js';
import type { DataColumn } from '../rows.js';

/*
 * How CSV and TSV are spelled, apart from who writes them: the program writes bytes, the page's script a string. So
 * nothing here needs Node.
 */

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

/** The first row: a header always. */
export function headOf(names: readonly string[], bom: boolean, dialect: Dialect): string {
  const titles = names.map((name) => (TEXT_COLUMNS.includes(name) ? dialect.textTitle(name) : name));
  return `${bom ? '\uFEFF' : ''}${titles.join(dialect.delimiter)}${dialect.endOfRow}`;
}

/** A short table: its header and its rows. */
export function* delimitedTable<Row>(
  columns: readonly Pick<DataColumn<Row>, 'name' | 'value' | 'type'>[],
  rows: readonly Row[],
  bom: boolean,
  dialect: Dialect,
): Generator<string> {
  const { cell, delimiter, endOfRow } = dialect;
  yield headOf(
    columns.map(({ name }) => name),
    bom,
    dialect,
  );
  for (const row of rows) {
    const cells = columns.map(({ value, type }) => {
      const text = value(row) ?? '';
      return type(row) === 'text' ? cell(text) : text;
    });
    yield `${cells.join(delimiter)}${endOfRow}`;
  }
}
