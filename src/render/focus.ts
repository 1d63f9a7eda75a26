import { createDayTexts, firstDayOf, periodOf } from '../calendar/days.js';
import { type Instant, instantOf, secondText, wholeMilliseconds } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import { formatAmount } from '../engine/index.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import { csvCell, type DelimitedOptions } from './delimited.js';
import { type BillingMonth, FOCUS_COLUMNS, type FocusRow, NULL } from './focus-columns.js';
import type { Renderer } from './renderer.js';

/** Milliseconds. */
const SECOND = 1000;
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z');
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z');
/** December 9999, as `periodOf` counts. */
const LAST_MONTH = 9999 * 12 + 11;

/** A CSV file of the FinOps FOCUS specification: one charge a message. @param zone where months begin */
export function focusRenderer(zone: TimeZone, options: DelimitedOptions): Renderer {
  const utc = utcTexts();
  const monthOf = billingMonths(zone, utc);
  const pieces = piecesOfARow(options);

  function rowOf(item: UsageItem): FocusRow {
    const instant = instantOf(item.message.timestamp);
    const start = Math.floor(wholeMilliseconds(instant) / SECOND) * SECOND;
    return {
      item,
      cost: formatAmount(item.credits),
      start: utc(start),
      end: utc(start + SECOND),
      month: monthOf(instant),
    };
  }

  return {
    head: () => `${FOCUS_COLUMNS.map(([name]) => name).join(options.delimiter)}\r\n`,
    rows(items) {
      let text = '';
      for (const item of items) {
        const row = rowOf(item);
        for (const piece of pieces) text += typeof piece === 'string' ? piece : piece(row);
      }
      return text;
    },
    tail: () => [],
  };
}

/** A piece of a row: the same in every row, or by the row. */
type Piece = string | ((row: FocusRow) => string);

/** A row from left to right: what stands between two values that differ by the row is one piece, made once. */
function piecesOfARow(options: DelimitedOptions): Piece[] {
  const cell = csvCell(options.delimiter, options.formulaGuard);
  const pieces: Piece[] = [];
  let fixed = '';
  for (const [index, [, value, text]] of FOCUS_COLUMNS.entries()) {
    if (index > 0) fixed += options.delimiter;
    if (typeof value === 'string') {
      fixed += value;
      continue;
    }
    const written = (row: FocusRow) => value(row) ?? NULL;
    pieces.push(fixed, text === undefined ? written : (row) => cell(written(row)));
    fixed = '';
  }
  return [...pieces, `${fixed}\r\n`];
}

/** Upstream does not say when a billing period begins, so it is the local month, as where a bill is closed. */
function billingMonths(zone: TimeZone, utc: (instant: number) => string): (instant: Instant) => BillingMonth {
  const startOf = (month: number) => {
    if (month < 0) return utc(Number.NEGATIVE_INFINITY);
    if (month > LAST_MONTH) return utc(Number.POSITIVE_INFINITY);
    return utc(zone.startOfDay(firstDayOf('month', month)));
  };
  const months = new Map<number, BillingMonth>();
  let lastDay: number | undefined;
  let last: BillingMonth = { start: '', end: '' };
  return (instant) => {
    const day = zone.dayOf(instant);
    if (day === lastDay) return last;
    const month = periodOf('month', day);
    last = months.get(month) ?? { start: startOf(month), end: startOf(month + 1) };
    months.set(month, last);
    lastDay = day;
    return last;
  };
}

/** `2024-04-29T02:08:29Z`, the form that FOCUS asks for, which has years of four digits. */
function utcTexts(): (instant: number) => string {
  const dayTextOf = createDayTexts();
  return (instant) => secondText(Math.min(Math.max(instant, FIRST_SECOND), LAST_SECOND), dayTextOf);
}
