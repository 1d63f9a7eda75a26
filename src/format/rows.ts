import { createDayTexts } from '../calendar/days.js';
import { instantOf } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import { formatAmount, measure } from '../engine/index.js';
import { type CreditPrices, costTexts } from '../rates/money.js';
import { kindOf, type UsageItem } from '../usage/pricing/priced-row.js';
import { createTotals, type Totals } from '../usage/pricing/sums.js';

/** What a column holds, for formats whose columns have a type. An `id` is an integer, or a text where upstream has one. */
export type ColumnType = 'integer' | 'decimal' | 'id' | 'instant' | 'date' | 'text';

/** The fields of a row, in the order of the contract; the others only where `--fields` names them. */
const DECLARED = {
  message_id: { title: 'Message', holds: 'integer' },
  timestamp: { title: 'Timestamp', holds: 'instant' },
  report_name: { title: 'Report', holds: 'text' },
  credits_used: { title: 'Credits', holds: 'decimal' },
  report_id: { title: 'Report ID', holds: 'id' },
  kind: { title: 'Kind', holds: 'text' },
  date: { title: 'Date', holds: 'date' },
  characters: { title: 'Characters', holds: 'integer' },
  text: { title: 'Text', holds: 'text' },
  cost: { title: 'Cost', holds: 'decimal' },
  currency: { title: 'Currency', holds: 'text' },
} satisfies Record<string, { readonly title: string; readonly holds: ColumnType }>;
export type FieldName = keyof typeof DECLARED;

const isField = (name: string): name is FieldName => Object.hasOwn(DECLARED, name);

export const FIELDS: readonly FieldName[] = Object.keys(DECLARED).filter(isField);

export const CONTRACT_FIELDS = FIELDS.slice(0, 4);

/** A field that every row has and no format needs to escape. */
export type PlainValue = 'message_id' | 'timestamp' | 'credits_used';

/** A column of data: how one value of a row is read. */
export interface DataColumn<Row> {
  readonly name: string;
  readonly holds: ColumnType;
  /** Its text, or undefined where the row has none. */
  readonly value: (row: Row) => string | undefined;
  /**
   * `number`: the value is a JSON number's text. `plain`: text of digits, letters and `-:.+` only, which no
   * format needs to escape. `text`: anything at all, from upstream.
   */
  readonly type: (row: Row) => 'number' | 'plain' | 'text';
}

/** A field of a row of usage. */
export interface Field extends DataColumn<UsageItem> {
  readonly name: FieldName;
  /** For people. */
  readonly title: string;
  /** For a field that `putPlainValue` writes as well, and faster. */
  readonly plain?: PlainValue;
}

/** A type that is the same in every row. */
export const always =
  <Type extends ReturnType<Field['type']>>(type: Type) =>
  () =>
    type;

/** The fields that a row has only where a credit has a price. */
export function needsPrice(name: FieldName): boolean {
  return name === 'cost' || name === 'currency';
}

/**
 * @param zone where `date` is the local day
 * @param prices of credits, for the fields that need one
 */
export function fieldsOf(names: readonly FieldName[], zone: TimeZone, prices?: CreditPrices): Field[] {
  const costOf = prices && costTexts(prices);
  const dayTextOf = createDayTexts();
  const readers: Record<FieldName, Pick<Field, 'value' | 'type' | 'plain'>> = {
    message_id: {
      value: ({ message }) => `${message.id}`,
      type: always('number'),
      plain: 'message_id',
    },
    timestamp: {
      value: ({ message }) => message.timestamp,
      type: always('plain'),
      plain: 'timestamp',
    },
    report_name: { value: (item) => item.report?.name, type: always('text') },
    credits_used: {
      value: ({ credits }) => formatAmount(credits),
      type: always('number'),
      plain: 'credits_used',
    },
    report_id: {
      value: ({ message }) => (message.reportId === undefined ? undefined : `${message.reportId}`),
      type: ({ message }) => (typeof message.reportId === 'string' ? 'text' : 'number'),
    },
    kind: { value: kindOf, type: always('plain') },
    date: {
      value: ({ message }) => dayTextOf(zone.dayOf(instantOf(message.timestamp))),
      type: always('plain'),
    },
    characters: {
      value: ({ message }) => `${measure(message.text).characters}`,
      type: always('number'),
    },
    text: { value: ({ message }) => message.text, type: always('text') },
    cost: {
      value: ({ message, credits }) => costOf?.(message, credits),
      type: always('number'),
    },
    currency: { value: () => prices?.currency, type: always('plain') },
  };
  return names.map((name) => ({ name, ...DECLARED[name], ...readers[name] }));
}

/** Text, or bytes: its UTF-8, or those of a binary format. */
export type Piece = string | Uint8Array;

/**
 * Turns rows into bytes, piece by piece: `head`, then `rows` for each batch, then `tail`. Concatenated, the
 * pieces are the whole output. No piece is the whole of it, since a string ends at 512 MB. A renderer serves one output.
 */
export interface Renderer<Row = UsageItem, Sums = Totals> {
  head(): Piece;
  rows(items: readonly Row[]): Piece;
  /** May be long: an iterable of pieces. */
  tail(totals: Sums): Iterable<Piece>;
}

/** What takes the pieces of a result. */
export interface PieceWriter {
  /** A promise: wait for it before the next piece. */
  write(piece: Piece): Promise<void> | void;
  /** Nobody reads any more. */
  readonly closed: boolean;
}

/**
 * Writes every row and returns the totals. Ends early, without them, when nobody reads any more.
 *
 * @param prices of credits, where the totals are to have a cost
 */
export async function writeRows(
  batches: AsyncIterable<UsageItem[]>,
  renderer: Renderer,
  writer: PieceWriter,
  signal: AbortSignal,
  prices?: CreditPrices,
): Promise<Totals | undefined> {
  const totals = createTotals(prices);
  await writer.write(renderer.head());
  for await (const items of batches) {
    signal.throwIfAborted();
    if (writer.closed) return undefined;
    totals.add(items);
    const waits = writer.write(renderer.rows(items));
    if (waits !== undefined) await waits;
  }
  const sums = totals.value();
  for (const piece of renderer.tail(sums)) await writer.write(piece);
  return sums;
}
