import type { FastifyInstance, FastifyRequest } from 'fastify';
import { explanationJson } from '../../render/explanation-json.js';
import { explainItem } from '../../usage/explain-price.js';
import type { UsageItem } from '../../usage/item.js';
import { datedRatesOf } from '../../usage/message-pricer.js';
import { type Bill, collectBill } from '../bill/bill.js';
import { CONTENT_TYPES } from '../bill/formats.js';
import { billHandler } from '../http/bill-handler.js';
import { badQuery, Refusal } from '../problem.js';
import { checkParameters } from '../query/parameters.js';
import type { RouteParts } from './route-parts.js';
import { EXPLANATION_SCHEMA } from './schemas/explanation.js';

/** `GET /usage/{message_id}`: what `explain --json` prints. */
export function addExplanationRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/usage/:message_id',
    { schema: EXPLANATION_SCHEMA },
    billHandler(parts, (request) => makeBill(request, parts)),
  );
}

async function makeBill(request: FastifyRequest, { period, rules, card }: RouteParts): Promise<Bill> {
  checkParameters(request.query, []);
  const message = messageId(request.params);
  return period.read({ message, offset: 0 }, async (batches, freshUntil) => {
    const found: UsageItem[] = [];
    for await (const items of batches) found.push(...items);
    const [item, ...copies] = found;
    if (item === undefined) throw new Refusal(404, 'not_found', `message ${message} is not in the period`);
    if (copies.length > 0) {
      throw new Refusal(409, 'ambiguous', `message ${message} stands ${found.length} times in the period`);
    }
    const dated =
      item.report === undefined && card !== undefined ? datedRatesOf(item.message, card) : undefined;
    const json = explanationJson(explainItem(item, rules, dated?.rates));
    return collectBill({ contentType: CONTENT_TYPES.json, freshUntil }, async (taker) => taker.write(json));
  });
}

/** @throws Refusal (400) */
function messageId(params: unknown): number | bigint {
  const { message_id: text } = Object(params);
  if (typeof text !== 'string' || !/^-?\d{1,40}$/.test(text)) {
    throw badQuery('message_id', 'expected the id of a message, an integer');
  }
  const id = Number(text);
  return Number.isSafeInteger(id) ? id + 0 : BigInt(text);
}
