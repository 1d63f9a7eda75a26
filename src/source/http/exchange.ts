import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { DataError, UnauthorizedError } from '../../errors.js';
import { showDuration, type Validators } from '../source.js';
import { type Address, addressOf, type HttpSettings, showAddress } from './address.js';
import type { Agents } from './agents.js';
import { type Body, countTransfer, decodeBody, discardBody } from './body.js';
import { bodyFault, connectionFault, Fault, isBroken, lasting, passing, statusFault } from './fault.js';

/** A document that has begun to arrive. */
export interface Opened {
  readonly body: Body;
  readonly validators: Validators;
}

/** What all requests of a source have in common. */
export interface RequestContext {
  readonly settings: HttpSettings;
  readonly agents: Agents;
  /** Ends every request; its reason is what they throw. */
  readonly signal: AbortSignal;
}

/** RFC 8288: `</messages?page=2>; rel="next"`. */
const NEXT_LINK = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:[,;]|$))/i;

/**
 * Requests a document, unless it is still the one that `known` came with. The headers `own` go to the origin of
 * `start` only.
 *
 * @param absent the status that says that there is none, or none to read: 304 only for a known one
 * @returns undefined for that status
 * @throws UnauthorizedError for 401 and 403, DataError for a web page, a Fault for every other status
 */
export async function openDocument(
  start: Address,
  own: Readonly<Record<string, string>>,
  context: RequestContext,
  absent: 304 | 404,
  known: Validators = {},
): Promise<Opened | undefined> {
  const conditions = conditionsFor(known);
  const { response, address } = await followRedirects(start, { ...conditions, ...own }, conditions, context);
  const { status, headers, stream } = response;
  if (status === 200) {
    const type = /^(text\/html|application\/xhtml\+xml)\b/i.exec(headers['content-type'] ?? '')?.[1];
    const isPage = NEXT_LINK.test(`${headers.link}`);
    if (type === undefined && !isPage) return { body: response, validators: validatorsOf(headers) };
    stream.destroy();
    const page =
      'is one page of several (its Link header names a further page); a bill needs the whole period';
    throw new DataError(showAddress(start), type ? `expected JSON, got ${type.toLowerCase()}` : page);
  }
  await discardBody(response);
  // It speaks of another version than ours (RFC 9111, section 4.3.4).
  if (status === 304 && isOther(headers.etag, known.etag)) return openDocument(start, own, context, absent);
  if (status === absent && (status === 404 || Object.keys(conditions).length > 0)) return undefined;
  if (status === 401 || status === 403) {
    throw new UnauthorizedError(showAddress(start), status, hintFor(context.settings, address.origin));
  }
  const peer = status === 407 ? 'the proxy' : 'the server';
  throw statusFault(status, `${peer} answered with status ${status}`, headers['retry-after']);
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

/** @throws a Fault for a redirect that must not be followed */
async function followRedirects(
  start: Address,
  own: Readonly<Record<string, string>>,
  elsewhere: Readonly<Record<string, string>>,
  context: RequestContext,
): Promise<{ readonly response: Response; readonly address: Address }> {
  const seen = new Set<string>();
  for (let address = start; ; ) {
    seen.add(address.origin + address.path);
    const response = await send(address, address.origin === start.origin ? own : elsewhere, context);
    if (!REDIRECTS.includes(response.status)) return { response, address };
    await discardBody(response);
    address = nextAddress(address, response);
    if (seen.has(address.origin + address.path)) throw refuse(response, 'redirects in a circle');
    if (seen.size > MOST_HOPS) throw refuse(response, `redirects more than ${MOST_HOPS} times`);
  }
}

function nextAddress(from: Address, response: Response): Address {
  const { location } = response.headers;
  if (location === undefined)
    throw refuse(response, `answered ${response.status} without saying where to go`);
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
  return new Fault(`the server ${problem}`, String(status), false, status);
}

/** Milliseconds. A document may change twice within the second that Last-Modified names. */
const RESOLUTION = 1000;

/**
 * What a later conditional request can use. Last-Modified counts only where the answer was sent at least a second after it:
 * before that, it may name two versions (RFC 9110, section 8.8.2.2).
 */
function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const { etag, 'last-modified': lastModified } = headers;
  if (etag !== undefined) return { etag };
  const age = Date.parse(headers.date ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== undefined && age >= RESOLUTION ? { lastModified } : {};
}

function isOther(etag: string | undefined, known: string | undefined): boolean {
  return etag !== undefined && known !== undefined && etag.replace(/^W\//, '') !== known.replace(/^W\//, '');
}

/** The headers that request a document only if it has changed. */
function conditionsFor({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}

interface Response extends Body {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/**
 * One GET by node:http. The global fetch costs 0.1 s and 40 MB at its first call, reads slower, and has neither
 * these timeouts nor proxies; its Request, Response and stream objects take longer than a small report does.
 *
 * @throws a Fault, or the signal's reason after an abort
 */
async function send(
  address: Address,
  own: Readonly<Record<string, string>>,
  context: RequestContext,
): Promise<Response> {
  const { settings, agents, signal } = context;
  signal.throwIfAborted();
  const { request, options, headers: ofRoute, pathPrefix, peer } = agents.routeTo(address.origin);
  const outgoing = request({
    ...options,
    path: pathPrefix + address.path,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': settings.userAgent,
      ...own,
      ...ofRoute,
    },
  });
  const answered = answerTo(outgoing, settings, signal);
  outgoing.end();

  let incoming: IncomingMessage;
  try {
    incoming = await answered;
  } catch (error) {
    signal.throwIfAborted();
    // The server closed an idle connection just as it was used again: the request was not seen. Each such
    // failure takes one connection out of the pool, so this ends.
    if (outgoing.reusedSocket && isBroken(error)) return send(address, own, context);
    throw connectionFault(error, peer);
  }
  const explain = (error: unknown) => (signal.aborted ? signal.reason : bodyFault(error));
  const { statusCode: status = 0, headers } = incoming;
  try {
    if (status < 200 || status > 599) {
      throw lasting('protocol', `the server answered with status ${status}`);
    }
    const stream = status === 200 ? await decodeBody(incoming, headers['content-encoding']) : incoming;
    return { status, headers, stream, transfer: countTransfer(stream, incoming), explain };
  } catch (error) {
    // Node 26 keeps a connection whose request alone is destroyed.
    incoming.destroy();
    throw explain(error);
  }
}

/**
 * The answer to a request. One that connects too slowly, goes silent or is aborted is destroyed with a Fault or the
 * signal's reason, and so is its answer.
 */
function answerTo(
  outgoing: ClientRequest,
  { connectTimeout, readTimeout }: HttpSettings,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let incoming: IncomingMessage | undefined;
    let connecting: NodeJS.Timeout | undefined;
    const stop = (reason: Error) => (incoming ?? outgoing).destroy(reason);
    const abort = () => stop(signal.reason);
    const giveUp = () => stop(passing('timeout', `no byte for ${showDuration(readTimeout)}`));
    const expectBytes = () => outgoing.socket?.setTimeout(readTimeout);

    signal.addEventListener('abort', abort);
    // Not the request's own 'timeout', which comes once and never again.
    outgoing.on('socket', (socket) => {
      // For TLS; the connection has limits of its own.
      const late = () => stop(passing('timeout', `no connection within ${showDuration(connectTimeout)}`));
      if (!outgoing.writableFinished) connecting = setTimeout(late, connectTimeout);
      socket.on('timeout', giveUp);
      outgoing.on('close', () => socket.off('timeout', giveUp));
    });
    // Emitted when the request went out, so after the connection, the tunnel and TLS are there.
    outgoing.on('finish', () => {
      clearTimeout(connecting);
      expectBytes();
    });
    outgoing.on('response', (response) => {
      incoming = response;
      // A reader that takes its time is not a silent server.
      response.on('pause', () => outgoing.socket?.setTimeout(0)).on('resume', expectBytes);
      resolve(response);
    });
    // Errors after the answer reach its body as well, and are reported there.
    outgoing.on('error', reject);
    outgoing.on('close', () => {
      clearTimeout(connecting);
      signal.removeEventListener('abort', abort);
      // After an error as a rule; alone for a 101, which Node ends without a word.
      if (!incoming) reject(passing('reset', 'closed without an answer'));
    });
  });
}
