import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import type { Bill } from '../bill/bill.js';

/** Sends a bill, or 304 where the client has it. Clients may keep it, and must ask each time. */
export function sendBill(bill: Bill, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { body, etag, contentType, size } = bill;
  reply.headers(bill.headers).headers({ etag, 'cache-control': 'private, no-cache', vary: 'accept' });
  // Only this header: a fetch() adds `cache-control: no-cache` to it, which asks us to look, as we do.
  const condition = request.headers['if-none-match'];
  if (fresh({ 'if-none-match': condition }, { etag })) return reply.code(304).send();

  reply.header('content-type', contentType);
  if (Buffer.isBuffer(body)) return reply.send(body);
  reply.header('content-length', size);
  if (request.method === 'HEAD') return reply.send();
  const lease = body.lease();
  const stream = Readable.from(lease.pieces(), { objectMode: false });
  stream.on('close', lease.release);
  return reply.send(stream);
}
