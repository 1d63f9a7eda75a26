import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import type { MemoryBudget } from '../shared/memory-budget.js';
import { Refusal } from '../shared/problem.js';
import { type Answer, StoredBody } from './answer.js';
import { type Coding, chooseCoding, compressStream, STREAM_MEMORY } from './compress.js';

/**
 * Sends an answer, or 304 where the client has it. Clients may store it, and must revalidate it each time. What is in
 * memory is sent before this returns, and then nothing is returned.
 *
 * @throws Refusal (406) where the client takes no coding that there is
 */
export function sendAnswer(
  { body, size, heads }: Answer,
  request: FastifyRequest,
  reply: FastifyReply,
  budget: MemoryBudget,
): Promise<FastifyReply> | undefined {
  const { 'accept-encoding': accepted, 'if-none-match': condition } = request.headers;
  const coding = chooseCoding(accepted, size, body instanceof StoredBody);
  if (coding === undefined) {
    const detail = 'there is gzip, br and identity';
    throw new Refusal(406, 'not_acceptable', detail, { vary: heads.vary });
  }
  const { etag, headers, list, unchanged } = heads.of(coding);
  // Only this header: a fetch() adds `cache-control: no-cache` to it, which demands a validation, as we do.
  if (condition !== undefined && etag !== undefined && hasIt(condition, etag)) {
    write(reply, 304, unchanged);
  } else if (body instanceof StoredBody) {
    sendStream(body, size, coding, request, reply.headers(headers), budget);
  } else if (coding === 'identity') {
    write(reply, 200, list, body.bytes);
  } else {
    const compressed = body.compressed.get(coding);
    if (compressed instanceof Promise) return compressed.then((bytes) => write(reply, 200, list, bytes));
    write(reply, 200, list, compressed);
  }
  return undefined;
}

/** Writes a whole answer past Fastify: it collects headers in an object, which Node takes longer to read than a list. */
function write(reply: FastifyReply, status: number, headers: readonly string[], body?: Buffer): FastifyReply {
  const { ownHeaders } = reply.request;
  const list = [...headers, ...ownHeaders];
  // Most requests add their id alone.
  if (ownHeaders.length > 2) joinVary(list);
  if (body !== undefined) list.push('content-length', `${body.length}`);
  // Before Fastify lets go of the reply: what fails here is answered as any error.
  reply.raw.writeHead(status, list);
  reply.hijack().raw.end(body);
  return reply;
}

/** @param list names and values in turn */
function joinVary(list: string[]): void {
  const [first = 0, second] = [...list.keys()].filter((at) => at % 2 === 0 && list[at] === 'vary');
  if (second !== undefined) list[first + 1] += `, ${list.splice(second, 2)[1]}`;
}

function hasIt(condition: string, etag: string): boolean {
  return condition === etag || fresh({ 'if-none-match': condition }, { etag });
}

/** The length is known where nothing is compressed. */
function sendStream(
  body: StoredBody,
  size: number,
  coding: Coding | 'identity',
  request: FastifyRequest,
  reply: FastifyReply,
  budget: MemoryBudget,
): FastifyReply {
  if (coding === 'identity') reply.header('content-length', size);
  // Not `send()`, for which Fastify says that the length is 0.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const memory = coding === 'identity' ? 0 : STREAM_MEMORY[coding];
  // First: where memory is short, the answer itself is among what is given up for more.
  const release = body.acquire();
  try {
    budget.take(memory);
  } catch (error) {
    release();
    throw error;
  }
  const source = Readable.from(body.spool.pieces(), { objectMode: false });
  const stream = coding === 'identity' ? source : compressStream(source, coding);
  source.on('close', release);
  stream.on('close', () => budget.give(memory));
  return reply.send(stream);
}
