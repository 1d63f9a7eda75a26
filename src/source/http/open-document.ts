import { DataError, UnauthorizedError } from '../../errors.js';
import type { Validators } from '../source.js';
import { type Address, showAddress } from './address.js';
import type { Client } from './client.js';
import { discardBody } from './discard-body.js';
import { statusFault } from './fault.js';
import { followRedirects } from './follow-redirects.js';
import type { HttpSettings } from './settings.js';
import { conditionsFor, validatorsOf } from './validators.js';

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
