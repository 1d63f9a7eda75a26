import { DataError } from '../../errors.js';
import { nameProblem } from '../document-name.js';
import type { ReportId } from '../message.js';

/** Where a request goes. */
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

/** Address of a report, its id percent-encoded. Throws DataError for an id that would lead elsewhere. */
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
  const problem = nameProblem(name);
  if (problem !== undefined) throw new DataError(folder, problem);
  return encodeURIComponent(name);
}
