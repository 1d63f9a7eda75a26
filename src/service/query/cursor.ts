import { createHash } from 'node:crypto';
import type { RowQuery } from '../../usage/rows/row-query.js';
import { badQuery } from '../shared/problem.js';
import type { WalkState } from './walk.js';

/** Opaque to clients. It belongs to the query whose rows it marks. */
export function writeCursor({ id, seen, seenSum, rest, restSum }: WalkState, selection: RowQuery): string {
  const parts = [queryDigest(selection), id, seen, seenSum, rest, restSum];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws Refusal (400) for what was not written here, or for another query */
export function readCursor(text: string, selection: RowQuery): WalkState {
  const parts = parseCursor(text);
  if (parts === undefined) throw badQuery('cursor', 'is none that this service gave');
  if (parts.query !== queryDigest(selection)) {
    throw badQuery('cursor', 'belongs to a query for other rows, or in another order');
  }
  return parts;
}

function parseCursor(text: string): (WalkState & { readonly query: string }) | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 6) return undefined;
  const [query, id, seen, seenSum, rest, restSum]: unknown[] = parts;
  if (typeof query !== 'string' || typeof id !== 'string' || !/^-?\d{1,40}$/.test(id)) return undefined;
  if (!isCount(seen) || !isCount(rest) || typeof seenSum !== 'number' || typeof restSum !== 'number') {
    return undefined;
  }
  return { query, id, seen, seenSum, rest, restSum };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function queryDigest({ since, until, report, kind, sort }: RowQuery): string {
  return createHash('sha256')
    .update(JSON.stringify([since?.key, until?.key, report, kind, sort?.field, sort?.descending]))
    .digest('base64url')
    .slice(0, 16);
}
