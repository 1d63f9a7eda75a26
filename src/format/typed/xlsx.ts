import { dayNumber } from '../../calendar/days.js';
import { instantOf } from '../../calendar/instant.js';
import { guard } from '../../document/cell-text.js';
import { DataError } from '../../errors.js';
import { decimalsOf } from '../amounts.js';
import type { ColumnType } from '../rows.js';
import { SYNTAX } from '../text.js';
import type { NewTableWriter } from './columns.js';
import { MAIN, MOST_DECIMALS_SHOWN, STYLES, Workbook, XML } from './workbook.js';

/** Of a sheet, the header and the total included. */
const MOST_ROWS = 1_048_576;
/** UTF-16 units of a cell. */
const LONGEST_TEXT = 32_767;
/** Significant digits of a number in Excel. */
const MOST_DIGITS = 15;
/** Characters: a double has no smaller number than 1e-308. */
const LONGEST_NUMBER = 300;
/** Decimals of an amount are shown as on a bill, and more where it has more. */
const LEAST_DECIMALS = 2;

/** Milliseconds. */
const DAY = 86_400_000;
/** 1970-01-01 as Excel counts days. */
const EPOCH = 25_569;
/** Excel has a 29 February 1900, so what is before has another number there than in other programs. */
const FIRST_INSTANT = Date.UTC(1900, 2, 1);
const END_OF_INSTANTS = Date.UTC(10_000, 0, 1);

/** Widths of columns, in characters: a sheet begins with them, when no row is known yet. */
const WIDTHS: Readonly<Record<ColumnType, number>> = {
  integer: 12,
  decimal: 14,
  id: 12,
  instant: 25,
  date: 12,
  text: 34,
};

/**
 * A workbook for spreadsheets: numbers and times (in UTC) as such, and as text what Excel would round: more than 15
 * digits, parts of a millisecond, years before 1900. The totals are formulas that follow the filter.
 */
export const xlsxWriter: NewTableWriter = ({ name, columns, where }) => {
  const book = new Workbook(name);
  const letters = columns.map((_, index) => String.fromCharCode(0x41 + index));
  /** Of decimals, by column: digits after the point, and whether a value is a text, which no formula adds. */
  const decimals = columns.map(() => LEAST_DECIMALS);
  const hasTexts = columns.map(() => false);
  let lastRow = 1;

  const cell = (column: number, row: number, style: number, content: string, type = '') =>
    `<c r="${letters[column]}${row}" s="${style}"${type}>${content}</c>`;
  const text = (column: number, row: number, style: number, value: string) =>
    cell(
      column,
      row,
      style,
      `<is><t${/^\s|\s$|[\n\t]/.test(value) ? ' xml:space="preserve"' : ''}>${escapeText(value)}</t></is>`,
      ' t="inlineStr"',
    );
  const number = (column: number, row: number, style: number, value: string | number) =>
    cell(column, row, style, `<v>${value}</v>`);

  function valueCell(column: number, row: number, holds: ColumnType, value: string): string {
    switch (holds) {
      case 'integer':
      case 'id':
        if (isExact(value)) return number(column, row, STYLES.integer, value);
        return text(column, row, /^-?\d+$/.test(value) ? STYLES.digits : styleOf(value), value);
      case 'decimal': {
        if (isExact(value)) {
          const shown = Math.min(Math.max(decimalsOf(value), LEAST_DECIMALS), MOST_DECIMALS_SHOWN);
          decimals[column] = Math.max(decimals[column] ?? 0, shown);
          return number(column, row, STYLES.decimal + shown, value);
        }
        hasTexts[column] = true;
        return text(column, row, STYLES.digits, value);
      }
      case 'instant': {
        const instant = instantOf(value);
        if (typeof instant === 'number' && instant >= FIRST_INSTANT && instant < END_OF_INSTANTS) {
          return number(column, row, STYLES.instant, instant / DAY + EPOCH);
        }
        return text(column, row, STYLES.plain, value);
      }
      case 'date': {
        const day = (dayNumber(value) ?? Number.NaN) * DAY;
        if (day >= FIRST_INSTANT && day < END_OF_INSTANTS) {
          return number(column, row, STYLES.date, day / DAY + EPOCH);
        }
        return text(column, row, STYLES.plain, value);
      }
      case 'text':
        return text(column, row, styleOf(value), value);
    }
  }

  return {
    head() {
      const widths = columns.map(
        ({ name, holds }, index) =>
          `<col min="${index + 1}" max="${index + 1}" width="${Math.max(WIDTHS[holds], name.length + 4)}" customWidth="1"/>`,
      );
      const titles = columns.map((column, index) => text(index, 1, STYLES.bold, column.name));
      return book.write(
        `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">` +
          '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
          `<cols>${widths.join('')}</cols><sheetData><row r="1">${titles.join('')}</row>`,
      );
    },
    rows(rows) {
      let xml = '';
      for (const each of rows) {
        lastRow++;
        if (lastRow >= MOST_ROWS) {
          throw new DataError(
            where(each),
            `an Excel sheet ends at ${MOST_ROWS - 2} messages; use --csv or --parquet, or --limit and --offset`,
          );
        }
        xml += `<row r="${lastRow}">`;
        for (const [index, column] of columns.entries()) {
          const value = column.value(each);
          if (value === undefined || value === '') continue;
          if (value.length > LONGEST_TEXT) {
            const problem = `has ${value.length} characters, and an Excel cell holds ${LONGEST_TEXT}; use another format`;
            throw new DataError(where(each), problem, column.name);
          }
          xml += valueCell(index, lastRow, column.holds, value);
        }
        xml += '</row>';
      }
      return book.write(xml);
    },
    *tail(totals, about) {
      const row = lastRow + 1;
      const label = columns.findIndex((column) => !totals.has(column.name));
      const cells = columns.map((column, index) => {
        const total = totals.get(column.name);
        if (total === undefined)
          return index === label ? text(index, row, STYLES.bold, `Total of ${about}`) : '';
        if (hasTexts[index] || !isExact(total)) return text(index, row, STYLES.boldDigits, total);
        const shown = Math.min(Math.max(decimals[index] ?? 0, decimalsOf(total)), MOST_DECIMALS_SHOWN);
        const style = column.holds === 'decimal' ? STYLES.boldDecimal + shown : STYLES.boldInteger;
        if (lastRow === 1) return number(index, row, style, total);
        const range = `${letters[index]}2:${letters[index]}${lastRow}`;
        return cell(index, row, style, `<f>SUBTOTAL(109,${range})</f><v>${total}</v>`);
      });
      const last = letters.at(-1) ?? 'A';
      yield book.write(
        `<row r="${row}">${cells.join('')}</row></sheetData><autoFilter ref="A1:${last}${lastRow}"/></worksheet>`,
      );
      yield book.end(`$A$1:$${last}$${lastRow}`);
    },
  };
};

/** Whether a text is a number of which Excel carries every digit. An id such as `007` is none. */
function isExact(value: string): boolean {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) || value.length > LONGEST_NUMBER) return false;
  return value.replace(/^-?[0.]*|\./g, '').length <= MOST_DIGITS;
}

/** Of a text that spreadsheets run once it is edited: shown as it is, and never a formula. */
function styleOf(value: string): number {
  return guard(value) === value ? STYLES.plain : STYLES.quoted;
}

/** As ECMA-376 has it: what XML cannot hold is `_x0000_`, and a text that looks so has its underscore escaped. */
function escapeText(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
      .replace(/[&<>]|[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9a-f]{4}_)/gi, (character) => {
        const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
        return SYNTAX[character] ?? `_x${code}_`;
      })
  );
}
