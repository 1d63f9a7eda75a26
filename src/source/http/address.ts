import { DataError } from '../../errors.js';
import type { ReportId } from '../message.js';

/**
 * Where a request goes. Not a URL: a URL takes `%2E%2E` for a step up, so a report called `..` could not
 * be asked for.
 */
export interface Address {
  /** `https://host:port`, without user name and password. */
  readonly origin: string;
  /** As on the request line: path and query. */
  readonly path: string;
}

const LONGEST_SHOWN = 120;

/** Address of the messages document of a period. */
export function messagesAddress(base: URL, period: string): Address {
  return addressUnder(base, 'messages', period);
}

/** Address of a report, its id percent-encoded. Throws DataError for an id that no URL can carry. */
export function reportAddress(base: URL, id: ReportId): Address {
  return addressUnder(base, 'reports', String(id));
}

export function addressOf(url: URL): Address {
  return { origin: url.origin, path: url.pathname + url.search };
}

/** For people: no user name, password, query or fragment, and short. */
export function showAddress({ origin, path }: Address): string {
  const shown = origin + path.replace(/\?.*/s, '');
  return shown.length <= LONGEST_SHOWN ? shown : `${shown.slice(0, LONGEST_SHOWN - 1)}…`;
}

/** A URL for people: no user name, password, query or fragment, and short. */
export function redactUrl(url: URL): string {
  return showAddress(addressOf(url));
}

function addressUnder(base: URL, folder: string, name: string): Address {
  const path = `${base.pathname}/${folder}/${encodeSegment(folder, name)}`.replace(/\/{2,}/g, '/');
  return { origin: base.origin, path: path + base.search };
}

function encodeSegment(folder: string, name: string): string {
  if (/\p{Surrogate}/u.test(name)) {
    throw new DataError(folder, 'an id with half a surrogate pair cannot be asked for over HTTP');
  }
  return name === '.' || name === '..' ? name.replaceAll('.', '%2E') : encodeURIComponent(name);
}
