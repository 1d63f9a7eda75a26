import { createHash } from 'node:crypto';
import { fieldsOf } from '../../render/fields.js';
import type { UsageItem } from '../../usage/item.js';
import type { Selection } from '../../usage/selection.js';
import { UTC } from '../../usage/time-zone.js';
import { badQuery } from '../problem.js';

/** A row that a page ended with. */
export interface Bookmark {
  /** In digits. */
  readonly id: string;
  /** Of what the rows are ordered by; '' in upstream's order. */
  readonly place: string;
}

/** Where `item` stands in the order asked for: another place later means that the order has changed. */
export function bookmarkOf(item: UsageItem, { sort }: Selection): Bookmark {
  const [field] = sort === undefined ? [] : fieldsOf([sort.field], UTC);
  return {
    id: String(item.message.id),
    place: field === undefined ? '' : digest([field.value(item) ?? null]),
  };
}

/** Opaque to clients. It belongs to the query whose rows it marks. */
export function writeCursor({ id, place }: Bookmark, selection: Selection): string {
  return Buffer.from(JSON.stringify([queryDigest(selection), id, place])).toString('base64url');
}

/** @throws Refusal (400) for what was not written here, or for another query */
export function readCursor(text: string, selection: Selection): Bookmark {
  const parts = parseCursor(text);
  if (parts === undefined) throw badQuery('cursor', 'is none that this service gave');
  if (parts.query !== queryDigest(selection)) {
    throw badQuery('cursor', 'belongs to a query for other rows, or in another order');
  }
  return parts;
}

function parseCursor(text: string): (Bookmark & { readonly query: string }) | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 3) return undefined;
  const [query, id, place]: unknown[] = parts;
  if (typeof query !== 'string' || typeof id !== 'string' || typeof place !== 'string') return undefined;
  return { query, id, place };
}

function queryDigest({ since, until, report, kind, sort }: Selection): string {
  return digest([since, until, report, kind, sort?.field, sort?.descending]);
}

function digest(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 16);
}
