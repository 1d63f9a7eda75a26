import type { FastifyInstance, FastifyRequest } from 'fastify';
import { explanationJson } from '../../format/documents/explanation.js';
import { datedRatesOf } from '../../rates/rate-card.js';
import { explainItem } from '../../usage/pricing/message-pricer.js';
import { collectAnswer } from '../answer/answer.js';
import { answerPeriod, type MakeAnswer } from '../answer/answer-period.js';
import { badQuery, Refusal } from '../shared/problem.js';
import type { RouteParts } from './route-parts.js';
import { EXPLANATION_SCHEMA } from './schemas/usage.js';

/** `GET /usage/{message_id}`: what `explain --json` prints. */
export function addExplanationRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/usage/:message_id',
    { schema: EXPLANATION_SCHEMA },
    answerPeriod(parts, (request) => readRequest(request, parts)),
  );
}

async function readRequest(request: FastifyRequest, parts: RouteParts): Promise<MakeAnswer> {
  const id = messageId(request.params);
  const { reports, rules, card, prices, budget } = parts;

  return async (document, signal) => {
    const [row, ...copies] = document.rows.find(id);
    if (row === undefined) throw new Refusal(404, 'not_found', `message ${id} is not in the period`);
    if (copies.length > 0) {
      throw new Refusal(409, 'ambiguous', `message ${id} occurs ${copies.length + 1} times in the period`);
    }
    const number = document.rows.reportOf(row);
    const resolved = await reports.resolve(document, number === undefined ? [] : [number], signal);
    const item = document.rows.item(row, resolved.reports);
    const dated =
      item.report === undefined && card !== undefined ? datedRatesOf(item.message, card) : undefined;
    const money = prices && { creditPrice: prices.priceOf(item.message), currency: prices.currency };
    const json = explanationJson({ ...explainItem(item, rules, dated?.rates), money });
    const facts = { headers: HEADERS, freshUntil: resolved.freshUntil };
    return collectAnswer(facts, budget, async (writer) => writer.write(json));
  };
}

/** There is one form, whatever Accept says. */
const HEADERS = { 'content-type': 'application/json; charset=utf-8', vary: 'accept-encoding' };

/** @throws Refusal (400) */
function messageId(params: unknown): number | bigint {
  const { message_id: text } = Object(params);
  if (typeof text !== 'string' || !/^-?\d{1,40}$/.test(text)) {
    throw badQuery('message_id', 'expected the id of a message, an integer');
  }
  const id = Number(text);
  return Number.isSafeInteger(id) ? id + 0 : BigInt(text);
}
