import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bill } from '../bill/bill.js';
import type { BillStore } from '../bill/bill-store.js';
import { sendBill } from './send-bill.js';

export interface BillHandlerParts {
  readonly bills: BillStore;
  onLookup(outcome: 'hit' | 'miss'): void;
}

/** Answers with a bill that is still fresh, or has one made. */
export function billHandler(
  { bills, onLookup }: BillHandlerParts,
  make: (request: FastifyRequest) => Promise<Bill>,
) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> => {
    const key = billKey(request);
    const known = bills.find(key);
    onLookup(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) return sendBill(known, request, reply);
    return bills.make(key, () => make(request)).then((bill) => sendBill(bill, request, reply));
  };
}

/** All that a bill depends on beside the period. */
function billKey({ headers, url }: FastifyRequest): string {
  return `${headers.accept ?? ''} ${url}`;
}
