import { DataError, SettingError } from '../../errors.js';
import { nameProblem, type RunLimits } from '../source.js';

/** Everything an HTTP source needs to know, resolved and checked by the caller. Times are milliseconds. */
export interface HttpSettings extends RunLimits {
  /** http or https. User name and password become Basic authorization; the query is sent with every request. */
  readonly base: URL;
  /** Names the messages document: `current-period`. */
  readonly period: string;
  /** Sent as a bearer token to the base's origin only. */
  readonly token?: string | undefined;
  /** Where the token was set, for hints: `O_COPILOT_TOKEN`, `.env line 3`. */
  readonly tokenOrigin?: string | undefined;
  /** For the name lookup, for each address of the host, for the proxy, and for TLS. */
  readonly connectTimeout: number;
  /** The longest silence between two bytes of an answer. */
  readonly readTimeout: number;
  /** Requests made again for one document, after the first. */
  readonly retries: number;
  /** Reports requested at once. */
  readonly concurrency: number;
  /** The most bytes of the messages document, decompressed. */
  readonly maxBody: number;
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from here, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
}

/** Where a request goes. */
export interface Address {
  /** `https://host:port`, without user name and password. */
  readonly origin: string;
  /** As on the request line: path and query. */
  readonly path: string;
}

const LONGEST_SHOWN = 120;

export function addressOf(url: URL): Address {
  return { origin: url.origin, path: url.pathname + url.search };
}

/** For people: no user name, password, query or fragment, and short. */
export function showAddress({ origin, path }: Address): string {
  const shown = origin + path.replace(/\?.*/s, '');
  return shown.length <= LONGEST_SHOWN ? shown : `${shown.slice(0, LONGEST_SHOWN - 1)}…`;
}

/** The same for a URL. */
export function redactUrl(url: URL): string {
  return showAddress(addressOf(url));
}

/** The address of a period's messages or of a report. @throws DataError for a name that would lead elsewhere */
export function documentAddress(base: URL, folder: 'messages' | 'reports', name: string): Address {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new DataError(folder, problem);
  const path = `${base.pathname}/${folder}/${encodeURIComponent(name)}`.replace(/\/{2,}/g, '/');
  return { origin: base.origin, path: path + base.search };
}

/**
 * The Authorization header for the base's own origin: the token, else the URL's user name and password.
 * Throws SettingError, without the value, for a token that no header can carry.
 */
export function authorizationFor({ base, token, tokenOrigin }: HttpSettings): string | undefined {
  if (token === undefined) return basicAuthorization(base);
  if (!/^[!-~]+$/.test(token)) {
    throw new SettingError(
      tokenOrigin ?? 'token',
      'empty, or holds spaces or characters that a header cannot carry',
    );
  }
  return `Bearer ${token}`;
}

/** The user name and password of a URL as a Basic credential (RFC 7617, UTF-8). */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
