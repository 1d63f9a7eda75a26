import { createHash } from 'node:crypto';
import type { RowQuery } from '../../usage/rows/row-query.js';
import type { PeriodDocument, RowView } from '../period/period-document.js';
import { mix } from '../period/row-bytes.js';
import { badQuery, Refusal } from '../shared/problem.js';
import { countRows, viewKey } from './find-rows.js';

/** How far a walk over pages has come: enough to find out later whether the rows are still those it walks over. */
export interface WalkState {
  /** The last row shown, in digits. */
  readonly id: string;
  /** Rows shown, the last included, and those after it, with a sum over each that depends on their order. */
  readonly seen: number;
  readonly seenSum: number;
  readonly rest: number;
  readonly restSum: number;
}

/** The rows [start, end) of a view that a page shows. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
  /** Where the walk began. */
  readonly walkStart: number;
}

/**
 * Pages follow each other by the row that the last one ended with, not by counting. Upstream may add rows before those
 * that the walk has shown and after those still to come; anything else would make it skip or repeat a row.
 *
 * @throws Refusal (410) where the rows have changed or moved since
 */
export function pageRange(
  document: PeriodDocument,
  view: RowView,
  { limit, offset }: RowQuery,
  after: WalkState | undefined,
): PageRange {
  const count = countRows(document, view);
  const begin = after === undefined ? Math.min(offset, count) : resume(document, view, after);
  return {
    start: begin,
    end: limit === undefined ? count : Math.min(count, begin + limit),
    walkStart: after === undefined ? begin : begin - after.seen,
  };
}

/** Where the next page begins; undefined where there is none. */
export function walkState(
  document: PeriodDocument,
  view: RowView,
  { end, walkStart, start }: PageRange,
): WalkState | undefined {
  const count = countRows(document, view);
  if (end === count || end === start) return undefined;
  const sumOf = orderSums(document, view);
  return {
    id: String(document.rows.message(view.rows?.[end - 1] ?? end - 1).id),
    seen: end - walkStart,
    seenSum: sumOf(walkStart, end),
    rest: count - end,
    restSum: sumOf(end - 1, count),
  };
}

function resume(document: PeriodDocument, view: RowView, after: WalkState): number {
  const place = placeOf(document, view, after.id);
  const next = place + 1;
  const sumOf = orderSums(document, view);
  const isSame =
    place !== -1 &&
    next >= after.seen &&
    countRows(document, view) - next >= after.rest &&
    sumOf(next - after.seen, next) === after.seenSum &&
    sumOf(place, next + after.rest) === after.restSum;
  if (isSame) return next;
  throw new Refusal(
    410,
    'cursor_gone',
    'the messages have changed or moved in the order since the last page; begin again without a cursor',
  );
}

function placeOf(document: PeriodDocument, { rows }: RowView, text: string): number {
  const number = Number(text);
  const [row] = document.rows.find(Number.isSafeInteger(number) ? number : BigInt(text));
  if (row === undefined) return -1;
  return rows === undefined ? row : rows.indexOf(row);
}

/**
 * Gives a sum over the rows `[start, end)`, each with the one before it. Ids differ, so rows of one sum that end, or begin, with
 * one row are the same rows in the same order, but for a chance of one in four thousand million.
 */
type OrderSums = (start: number, end: number) => number;

const sumsOfViews = new WeakMap<object, OrderSums>();

function orderSums(document: PeriodDocument, view: RowView): OrderSums {
  const owner = view.rows ?? document;
  const known = sumsOfViews.get(owner);
  if (known !== undefined) return known;
  const count = countRows(document, view);
  const hashAt = (index: number) => document.rows.hashOf(view.rows?.[index] ?? index);
  /** At each row, of the pairs that end with it or before. */
  const sums = new Int32Array(count);
  for (let index = 1, before = count > 0 ? hashAt(0) : 0; index < count; index++) {
    const hash = hashAt(index);
    sums[index] = ((sums[index - 1] ?? 0) + mix(before, hash)) | 0;
    before = hash;
  }
  const sumOf: OrderSums = (start, end) =>
    end <= start ? 0 : ((sums[end - 1] ?? 0) - (sums[start] ?? 0) + mix(0, hashAt(start))) | 0;
  sumsOfViews.set(owner, sumOf);
  return sumOf;
}

/** Opaque to clients. It belongs to the query whose rows it marks. */
export function writeCursor({ id, seen, seenSum, rest, restSum }: WalkState, selection: RowQuery): string {
  const parts = [queryDigest(selection), id, seen, seenSum, rest, restSum];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

const CURSOR = /^\["([\w-]{16})","(-?\d{1,40})",(\d{1,16}),(-?\d{1,10}),(\d{1,16}),(-?\d{1,10})\]$/;

/** @throws Refusal (400) for what was not written here, or for another query */
export function readCursor(text: string, selection: RowQuery): WalkState {
  const [, query, id, ...numbers] = CURSOR.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const [seen = 0, seenSum = 0, rest = 0, restSum = 0] = numbers.map(Number);
  if (id === undefined) throw badQuery('cursor', 'is none that this service gave');
  if (query !== queryDigest(selection)) {
    throw badQuery('cursor', 'belongs to a query for other rows, or in another order');
  }
  return { id, seen, seenSum, rest, restSum };
}

function queryDigest(selection: RowQuery): string {
  return createHash('sha256').update(viewKey(selection)).digest('base64url').slice(0, 16);
}
