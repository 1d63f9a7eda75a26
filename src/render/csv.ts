import { literal } from '../source/literal.js';
import type { UsageItem } from '../usage/item.js';
import type { Field } from './fields.js';
import { putPlainValue } from './plain-value.js';
import type { Renderer } from './renderer.js';
import { RowBytes } from './row-bytes.js';

const END_OF_ROW = literal('\r\n');

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
  const separator = literal(delimiter);
  const out = new RowBytes();
  const put = (item: UsageItem, { plain, value, type }: Field) => {
    if (plain !== undefined) return putPlainValue(plain, item, out);
    const text = value(item) ?? '';
    if (text === '') return;
    if (type(item) === 'text') out.text(cell(text));
    else out.ascii(text);
  };
  return {
    head: () => `${bom ? '\uFEFF' : ''}${fields.map(({ name }) => name).join(delimiter)}\r\n`,
    rows(items) {
      for (const item of items) {
        let first = true;
        for (const field of fields) {
          if (!first) out.literal(separator);
          first = false;
          put(item, field);
        }
        out.literal(END_OF_ROW);
      }
      return out.take();
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
