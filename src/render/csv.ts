import type { Field } from './fields.js';
import type { Renderer } from './renderer.js';

export interface CsvOptions {
  /** One character that stands in no number and no timestamp. */
  readonly delimiter: string;
  /** Begin with a UTF-8 byte order mark, for spreadsheets that need one. */
  readonly bom: boolean;
  /** Keep spreadsheets from running text cells as formulas. */
  readonly formulaGuard: boolean;
}

/** CSV by RFC 4180: CRLF, a header always, quotes only where a cell needs them. */
export function csvRenderer(fields: readonly Field[], options: CsvOptions): Renderer {
  const { delimiter, bom } = options;
  const cell = textCellWriter(options);
  return {
    head: () => `${bom ? '\uFEFF' : ''}${fields.map(({ name }) => name).join(delimiter)}\r\n`,
    rows(items) {
      let text = '';
      for (const item of items) {
        let separator = '';
        for (const field of fields) {
          const value = field.value(item) ?? '';
          text += separator + (value === '' || field.type(item) !== 'text' ? value : cell(value));
          separator = delimiter;
        }
        text += '\r\n';
      }
      return text;
    },
    tail: () => [],
  };
}

/** One text cell: guarded first, then quoted, so that what a reader parses is the guard and the exact text. */
export function textCellWriter(options: CsvOptions): (value: string) => string {
  const { delimiter, formulaGuard } = options;
  return (value) => {
    const guarded = formulaGuard && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    const quoted = guarded.includes(delimiter) || /["\r\n]|^\s|\s$/.test(guarded);
    return quoted ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  };
}
