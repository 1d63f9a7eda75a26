import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Address } from './address.js';
import type { Agents } from './agents.js';
import { countTransfer, toWebStream } from './body-stream.js';
import { bodyFault, connectionFault, isBroken } from './connection-fault.js';
import { decodeBody } from './decode-body.js';
import { Fault } from './fault.js';
import { type RequestTimeouts, watchRequest } from './watch-request.js';

/**
 * `fetch` over node:http: the global one costs 0.1 s and 40 MB at its first call, reads slower, and knows
 * neither these timeouts nor proxies. Redirects are answers like others; the body of a 200 comes decoded.
 * Throws a Fault, the body too; after an abort, the signal's reason.
 */
export type Transport = (request: Request, address: Address, signal: AbortSignal) => Promise<Response>;

export function createTransport(agents: Agents, timeouts: RequestTimeouts): Transport {
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
