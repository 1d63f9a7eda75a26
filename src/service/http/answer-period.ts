import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bill } from '../bill/bill.js';
import type { PeriodDocument } from '../period/period-document.js';
import type { RouteParts } from '../routes/route-parts.js';
import { requestSignal } from './request-signal.js';
import { sendBill } from './send-bill.js';

/** Makes the bill of one query. @param signal ends the work when nobody waits for it any more */
export type MakeBill = (document: PeriodDocument, signal: AbortSignal) => Promise<Bill>;

/** A request whose query was checked against the schema of its route. */
export type QueryRequest<Query> = FastifyRequest<{ Querystring: Query }>;

/**
 * Answers with a bill that is still fresh, or has one made.
 *
 * @param read checks the query before anything is asked of upstream. Throws Refusal (400, 406)
 */
export function answerPeriod<Query>(
  parts: RouteParts,
  read: (request: QueryRequest<Query>) => Promise<MakeBill>,
) {
  const { documents, bills, budget } = parts;

  async function make(
    request: QueryRequest<Query>,
    reply: FastifyReply,
    arrival: number,
  ): Promise<FastifyReply> {
    const query = queryOf(request);
    const makeBill = await read(request);
    const leave = parts.jobs.enter(query);
    const { signal, release } = requestSignal(reply, parts.deadline, parts.ending);
    try {
      return await documents.read(arrival, signal, async (document) => {
        const known = bills.find(document, query);
        const bill = known ?? (await bills.make(document, query, signal, (work) => makeBill(document, work)));
        return sendBill(bill, request, reply, budget);
      });
    } finally {
      release();
      leave();
    }
  }

  return (request: QueryRequest<Query>, reply: FastifyReply): FastifyReply | Promise<FastifyReply> => {
    const arrival = performance.now();
    const document = documents.find(arrival);
    const known = document && bills.find(document, queryOf(request));
    parts.onLookup(known === undefined ? 'miss' : 'hit');
    return known === undefined ? make(request, reply, arrival) : sendBill(known, request, reply, budget);
  };
}

/** All that a bill depends on beside the period. */
function queryOf({ headers, url }: Pick<FastifyRequest, 'headers' | 'url'>): string {
  return `${headers.accept ?? ''} ${url}`;
}
