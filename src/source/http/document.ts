import { DataError, UnauthorizedError } from '../../errors.js';
import type { Validators } from '../source.js';
import { type Address, addressOf, showAddress } from './address.js';
import type { Client } from './client.js';
import { Fault, statusFault } from './fault.js';
import type { HttpSettings } from './http-source.js';

/** An answer that can be used: a document (200), that it is still the known one (304), or that there is none (404). */
export type Opened =
  | { readonly status: 200; readonly body: ReadableStream<Uint8Array>; readonly validators: Validators }
  | { readonly status: 304 }
  | { readonly status: 404 };

/**
 * Asks for a document, unless it is still the one that `known` came with, and judges the answer. Throws UnauthorizedError for 401 and 403, DataError for a web page, and a Fault
 * for every other status. The headers `own` go to the start's own origin only.
 */
export async function openDocument(
  start: Address,
  client: Client,
  settings: HttpSettings,
  own: Readonly<Record<string, string>>,
  signal: AbortSignal,
  known: Validators = {},
): Promise<Opened> {
  const conditions = conditionsFor(known);
  const { response, address } = await followRedirects(start, (hop) => {
    const headers = hop.origin === start.origin ? { ...conditions, ...own } : conditions;
    return client.get(hop, headers, signal);
  });
  const { status, headers } = response;
  if (status === 200) {
    return { status, body: await jsonBody(response, start), validators: validatorsOf(headers) };
  }

  await discardBody(response);
  if (status === 404) return { status };
  if (status === 304 && Object.keys(conditions).length > 0) return { status };
  if (status === 401 || status === 403) {
    throw new UnauthorizedError(showAddress(start), status, hintFor(settings, address.origin));
  }
  const peer = status === 407 ? 'the proxy' : 'the server';
  throw statusFault(status, `${peer} answered with status ${status}`, headers.get('retry-after'));
}

async function jsonBody({ headers, body }: Response, address: Address): Promise<ReadableStream<Uint8Array>> {
  const type = /^(text\/html|application\/xhtml\+xml)\b/i.exec(headers.get('content-type') ?? '')?.[1];
  if (body !== null && type === undefined) return body;
  await body?.cancel();
  throw new DataError(showAddress(address), `expected JSON, got ${type?.toLowerCase() ?? 'nothing'}`);
}

function hintFor({ base, token, tokenOrigin }: HttpSettings, answeredBy: string): string {
  if (answeredBy !== base.origin) {
    return `it was redirected to ${answeredBy.slice(0, 60)}, where the source's token or password is not sent`;
  }
  if (token !== undefined) return `the token came from ${(tokenOrigin ?? 'the settings').slice(0, 80)}`;
  if (base.username !== '') return "the user name and password came from the source's URL";
  return 'set O_COPILOT_TOKEN';
}

const MOST_HOPS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

interface Answer {
  readonly response: Response;
  /** Where it came from in the end. */
  readonly address: Address;
}

/** Asks, and asks where it is sent on to. Throws a Fault for a redirect that must not be followed. */
async function followRedirects(
  start: Address,
  get: (address: Address) => Promise<Response>,
): Promise<Answer> {
  const seen = new Set<string>();
  for (let address = start; ; ) {
    seen.add(address.origin + address.path);
    const response = await get(address);
    if (!REDIRECTS.includes(response.status)) return { response, address };
    await discardBody(response);
    address = nextAddress(address, response);
    if (seen.has(address.origin + address.path)) throw refuse(response, 'redirects in a circle');
    if (seen.size > MOST_HOPS) throw refuse(response, `redirects more than ${MOST_HOPS} times`);
  }
}

function nextAddress(from: Address, response: Response): Address {
  const location = response.headers.get('location');
  if (location === null) throw refuse(response, `answered ${response.status} without saying where to go`);
  if (!URL.canParse(location, from.origin + from.path))
    throw refuse(response, 'redirects to what is no address');
  const to = new URL(location, from.origin + from.path);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') throw refuse(response, 'redirects away from http');
  if (to.protocol === 'http:' && from.origin.startsWith('https:')) {
    throw refuse(response, 'redirects from https to http, which is not followed');
  }
  return addressOf(to);
}

function refuse({ status }: Response, problem: string): Fault {
  return new Fault(`the server ${problem}`, { outcome: String(status), transient: false, status });
}

/** Milliseconds. A document may change twice within the second that Last-Modified names. */
const RESOLUTION = 1000;

/**
 * What can be asked about later. Last-Modified counts only where the answer was sent at least a second after it:
 * before that, it may name two versions (RFC 9110, section 8.8.2.2).
 */
function validatorsOf(headers: Headers): Validators {
  const etag = headers.get('etag');
  if (etag !== null) return { etag };
  const lastModified = headers.get('last-modified');
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== null && age >= RESOLUTION ? { lastModified } : {};
}

/** The headers that ask for a document only if it is no longer the known one. */
function conditionsFor({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}

/**
 * Hands the bytes of a body to `consume` and returns its result. A body that breaks off, or is longer than
 * `limit` bytes, fails the whole however `consume` took it: wrapped, or not noticed at all. The connection
 * is released in the end, also when `consume` stops early.
 */
export async function readBody<T>(
  body: ReadableStream<Uint8Array>,
  limit: number,
  tooLong: () => Error,
  consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const reader = body.getReader();
  let broken: { error: unknown } | undefined;
  let length = 0;

  async function* readBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        length += chunk.value.length;
        if (length > limit) throw tooLong();
        yield chunk.value;
      }
    } catch (error) {
      broken = { error };
      throw error;
    }
  }

  try {
    const result = await consume(readBytes());
    if (broken !== undefined) throw broken.error;
    return result;
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The bytes in one piece. */
export async function collectBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const MOST_BYTES = 64 * 1024;
const LONGEST = 100;

/**
 * Reads a short body to its end, so that its connection can be used again, and gives a long or slow one up
 * with its connection. Never throws: what the status said stands.
 */
async function discardBody({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const giveUp = () => reader.cancel().catch(() => {});
  const timer = setTimeout(giveUp, LONGEST);
  let left = MOST_BYTES;
  try {
    for (let chunk = await reader.read(); !chunk.done && left > 0; chunk = await reader.read()) {
      left -= chunk.value.length;
    }
  } catch {
    // A body that breaks off has been given up by the other side.
  } finally {
    clearTimeout(timer);
    await giveUp();
  }
}
