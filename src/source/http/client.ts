import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Input } from 'ky';
import ky from 'ky';
import type { Address } from './address.js';
import { type Agents, createAgents } from './agents.js';
import { countTransfer, decodeBody, toWebStream } from './body.js';
import { bodyFault, connectionFault, Fault, isBroken, showDuration, timeoutFault } from './fault.js';
import type { HttpSettings } from './http-source.js';

export interface Client {
  /** One GET, which `signal` ends: no retry, no redirect followed, any status returned. Throws what the transport throws. */
  get(address: Address, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Ends all connections. */
  destroy(): void;
}

/**
 * ky over our own transport. Its retries and timeouts are off: they cover neither the body nor a
 * `Retry-After` that asks for days.
 *
 * @param signal ends connections that are being opened through a proxy
 */
export function createClient(settings: HttpSettings, signal: AbortSignal): Client {
  const { connectTimeout, concurrency, env, userAgent } = settings;
  const agents = createAgents({ connections: concurrency + 1, connectTimeout, env, signal });
  const transport = createTransport(agents, settings);
  const client = ky.create({
    headers: { accept: 'application/json', 'accept-encoding': 'gzip, deflate, br', 'user-agent': userAgent },
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual',
  });
  return {
    get(address, headers, signal) {
      // The transport takes the address as it is; the Request's URL has `.` and `..` resolved.
      const fetch = (input: Input, init?: RequestInit) =>
        transport(input instanceof Request ? input : new Request(input, init), address, signal);
      return client.get(address.origin + address.path, { headers, fetch });
    },
    destroy: agents.destroy,
  };
}

/**
 * `fetch` over node:http: the global one costs 0.1 s and 40 MB at its first call, reads slower, and knows
 * neither these timeouts nor proxies. Redirects are answers like others; the body of a 200 comes decoded.
 * Throws a Fault, the body too; after an abort, the signal's reason.
 */
type Transport = (request: Request, address: Address, signal: AbortSignal) => Promise<Response>;

function createTransport(agents: Agents, timeouts: RequestTimeouts): Transport {
  return async function send(request, address, signal) {
    signal.throwIfAborted();
    const route = agents.routeTo(address);
    const headers = { ...Object.fromEntries(request.headers), ...route.headers };
    const outgoing = route.request({ ...route.options, method: request.method, headers });
    const stopReason = watchRequest(outgoing, timeouts, signal);
    const answered = answerTo(outgoing);
    outgoing.end();

    let incoming: IncomingMessage;
    try {
      incoming = await answered;
    } catch (error) {
      // The server closed an idle connection just as it was used again: nothing was asked yet. Each such
      // failure takes one connection out of the pool, so this ends.
      if (stopReason() === undefined && outgoing.reusedSocket && isBroken(error))
        return send(request, address, signal);
      throw stopReason() ?? connectionFault(error, route.peer);
    }
    const explain = (error: unknown) => stopReason() ?? bodyFault(error);
    try {
      return await toResponse(incoming, explain);
    } catch (error) {
      outgoing.destroy();
      throw explain(error);
    }
  };
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const silent = () => reject(new Fault('closed without an answer', { outcome: 'reset', transient: true }));
    outgoing.on('response', (incoming) => {
      outgoing.off('close', silent);
      resolve(incoming);
    });
    // Errors after the answer reach its body as well, and are told there.
    outgoing.on('error', reject);
    // Comes after those; alone for a 101, which Node ends without a word.
    outgoing.on('close', silent);
  });
}

async function toResponse(
  incoming: IncomingMessage,
  explain: (error: unknown) => unknown,
): Promise<Response> {
  const { statusCode: status = 0, rawHeaders } = incoming;
  if (status < 200 || status > 599) {
    throw new Fault(`the server answered with status ${status}`, { outcome: 'protocol', transient: false });
  }
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  if (status === 204 || status === 205 || status === 304) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const body = status === 200 ? await decodeBody(incoming, incoming.headers['content-encoding']) : incoming;
  const stream = toWebStream(body, explain);
  countTransfer(stream, incoming);
  return new Response(stream, { status, headers });
}

/** Milliseconds. */
interface RequestTimeouts {
  readonly connectTimeout: number;
  readonly readTimeout: number;
}

/**
 * Ends a request that connects too slowly, goes silent or is no longer wanted. The function returned tells
 * why it was ended: a Fault, the signal's reason, or undefined while it was not.
 */
function watchRequest(
  outgoing: ClientRequest,
  { connectTimeout, readTimeout }: RequestTimeouts,
  signal: AbortSignal,
): () => unknown {
  let reason: unknown;
  let paused = false;
  const stop = (why: unknown) => {
    reason ??= why;
    outgoing.destroy();
  };
  const abort = () => stop(signal.reason);
  const expectBytes = () => {
    paused = false;
    outgoing.socket?.setTimeout(readTimeout);
  };
  let connecting: NodeJS.Timeout | undefined;

  signal.addEventListener('abort', abort);
  // Emitted when the request went out, so after the connection, the tunnel and TLS are there.
  outgoing.on('finish', () => {
    clearTimeout(connecting);
    expectBytes();
  });
  outgoing.on('response', (incoming) => {
    // A reader that takes its time is not a silent server.
    incoming.on('pause', () => {
      paused = true;
    });
    incoming.on('resume', expectBytes);
  });
  const checkSilence = () => {
    if (!paused) stop(timeoutFault(`no byte for ${showDuration(readTimeout)}`));
  };
  // Not the request's own 'timeout', which comes once and never again.
  outgoing.on('socket', (socket) => {
    // For TLS; the connection has limits of its own.
    const late = () => stop(timeoutFault(`no connection within ${showDuration(connectTimeout)}`));
    if (!outgoing.writableFinished) connecting = setTimeout(late, connectTimeout);
    socket.on('timeout', checkSilence);
    outgoing.on('close', () => socket.off('timeout', checkSilence));
  });
  outgoing.on('close', () => {
    clearTimeout(connecting);
    signal.removeEventListener('abort', abort);
  });
  return () => reason;
}
