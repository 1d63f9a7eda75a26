import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import type { Bill } from '../bill/bill.js';
import { type Coding, chooseCoding, compressStream, STREAM_MEMORY } from '../bill/compress.js';
import type { StoredBytes } from '../bill/stored-bytes.js';
import { Refusal } from '../problem.js';
import type { MemoryBudget } from '../work/memory-budget.js';

/**
 * Sends a bill, or 304 where the client has it. Clients may keep it, and must ask each time.
 *
 * @throws Refusal (406) where the client takes no coding that there is
 */
export function sendBill(
  bill: Bill,
  request: FastifyRequest,
  reply: FastifyReply,
  budget: MemoryBudget,
): FastifyReply | Promise<FastifyReply> {
  const { body, digest, headers } = bill;
  const { 'accept-encoding': accepted, 'if-none-match': condition } = request.headers;
  const coding = chooseCoding(accepted, bill.size, 'acquire' in body);
  if (coding === undefined) {
    const detail = 'there is gzip, br and identity';
    throw new Refusal(406, 'not_acceptable', detail, {}, { vary: headers.vary ?? 'accept-encoding' });
  }
  reply.headers(headers);
  if (digest === undefined) reply.header('cache-control', 'no-store');
  else {
    const etag = coding === 'identity' ? `"${digest}"` : `"${digest}-${coding}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache');
    // Only this header: a fetch() adds `cache-control: no-cache` to it, which asks us to look, as we do.
    if (condition !== undefined && fresh({ 'if-none-match': condition }, { etag })) {
      return reply.code(304).removeHeader('content-type').send();
    }
  }
  if (coding !== 'identity') reply.header('content-encoding', coding);
  if ('acquire' in body) return sendStream(body, coding, request, reply, budget);
  if (coding === 'identity') return reply.send(body.bytes);
  const compressed = body.compressed.get(coding);
  return compressed instanceof Promise
    ? compressed.then((bytes) => reply.send(bytes))
    : reply.send(compressed);
}

/** The length is known where nothing is compressed. */
function sendStream(
  body: StoredBytes,
  coding: Coding | 'identity',
  request: FastifyRequest,
  reply: FastifyReply,
  budget: MemoryBudget,
): FastifyReply {
  if (coding === 'identity') reply.header('content-length', body.size);
  // Not `send()`, for which Fastify says that the length is 0.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const memory = coding === 'identity' ? 0 : STREAM_MEMORY[coding];
  budget.take(memory);
  const reference = body.acquire();
  const source = Readable.from(reference.pieces(), { objectMode: false });
  const stream = coding === 'identity' ? source : compressStream(source, coding);
  source.on('close', reference.release);
  stream.on('close', () => budget.give(memory));
  return reply.send(stream);
}
