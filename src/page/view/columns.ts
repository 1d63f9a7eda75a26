import { dayText } from '../../calendar/days.js';
import { compareInstants, parseInstant } from '../../calendar/instant.js';
import { COLUMN_TEXTS, type Column, type ColumnText, KINDS } from '../../format/page/bill-data.js';
import { visible } from '../../format/text.js';
import type { BillRow } from '../data/bill.js';
import type { Clock } from '../data/texts.js';
import { type Figures, html } from './elements.js';

/** A column of the table of messages. */
interface ColumnDeclaration extends ColumnText {
  /** The rank of each row's value among the column's distinct values, by the row's index. */
  readonly rank: (rows: readonly BillRow[]) => Uint32Array;
  readonly cell: (row: BillRow, clock: Clock, figures: Figures) => readonly (Node | string)[];
}

/**
 * How the columns sort and look.
 *
 * Ids and credits compare as exact numbers, timestamps as instants, kinds in the order they are listed, names
 * by English collation with numbers by value; names that collate alike, by code unit.
 */
export const COLUMNS = {
  message_id: {
    ...COLUMN_TEXTS.message_id,
    rank: (rows) => rank(rows, (row) => BigInt(row.messageId), ascending),
    cell: ({ messageId }) => [messageId],
  },
  timestamp: {
    ...COLUMN_TEXTS.timestamp,
    rank: (rows) => rank(rows, (row) => parseInstant(row.timestamp), compareInstants),
    cell: (row, clock) => [momentOf(row, clock)],
  },
  report_name: {
    ...COLUMN_TEXTS.report_name,
    rank: (rows) => {
      const { compare } = new Intl.Collator('en', { numeric: true });
      return rank(
        rows,
        (row) => row.reportName,
        (a, b) => compare(a, b) || ascending(a, b),
      );
    },
    cell: ({ reportName }) => (reportName === undefined ? [] : [nameOf(reportName)]),
  },
  kind: {
    ...COLUMN_TEXTS.kind,
    rank: (rows) => rank(rows, (row) => KINDS.indexOf(row.kind), ascending),
    cell: (row) => [
      html('i', { class: `swatch ${row.kind}` }),
      html('span', {}, COLUMN_TEXTS.kind.text(row)),
    ],
  },
  credits_used: {
    ...COLUMN_TEXTS.credits_used,
    rank: (rows) => rank(rows, (row) => row.units, ascending),
    cell: ({ units }, _, { credits }) => [credits(units)],
  },
  cost: {
    ...COLUMN_TEXTS.cost,
    rank: (rows) => rank(rows, (row) => row.costUnits, ascending),
    cell: ({ costUnits }, _, { cost }) => [cost(costUnits)],
  },
} satisfies Record<Column, ColumnDeclaration>;

/** What upstream sent, where the browser's zone rules put the message on another day than the bill does. */
function momentOf({ timestamp, day }: BillRow, clock: Clock): HTMLTimeElement {
  const shown = clock(timestamp);
  const agrees = shown?.startsWith(dayText(day)) === true;
  const [date = '', minute = ''] = agrees ? shown.split(' ') : [timestamp];
  const whole = (part: string) => html('span', { class: 'whole' }, part);
  return html('time', { datetime: timestamp, title: timestamp }, whole(date), ' ', whole(minute));
}

function nameOf(name: string): Node | string {
  const shown = visible(name);
  return shown === name ? name : html('data', { value: name }, shown);
}

/** The rank of a row that has no value. */
export const BLANK = 0xffff_ffff;

/**
 * Comparing two ranks is comparing two integers, so that the exact comparison (big integers, collation) is paid per
 * distinct value and not per step of a sort.
 */
function rank<Value>(
  rows: readonly BillRow[],
  read: (row: BillRow) => Value | undefined,
  compare: (a: Value, b: Value) => number,
): Uint32Array {
  const values = rows.map(read);
  const sorted = [...new Set(values)].filter((value) => value !== undefined).sort(compare);
  const ranks = new Map<Value | undefined, number>();
  let rank = 0;
  for (const [index, value] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && compare(before, value) !== 0) rank++;
    ranks.set(value, rank);
  }
  return Uint32Array.from(values, (value) => ranks.get(value) ?? BLANK);
}

function ascending<Value extends string | number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
