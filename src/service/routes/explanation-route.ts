import type { FastifyInstance, FastifyRequest } from 'fastify';
import { explanationJson } from '../../format/documents/explanation.js';
import { datedRatesOf } from '../../rates/rate-card.js';
import { explainItem } from '../../usage/pricing/message-pricer.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { collectAnswer } from '../answer/answer.js';
import type { RouteParts } from '../answer/answer-period.js';
import { addPeriodRoute, type MakeAnswer } from '../answer/answer-period.js';
import { NO_QUERY } from '../query/query-schemas.js';
import { badQuery, Refusal } from '../shared/problem.js';
import {
  COST,
  CREDITS,
  CURRENCY,
  members,
  OF_PERIOD,
  replies,
  SHORT_TEXT,
  storable,
  TIMESTAMP,
} from './replies.js';

/** `GET /usage/{message_id}`: what `explain --json` prints. */
export function addExplanationRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute(app, parts, '/usage/:message_id', EXPLANATION_SCHEMA, readRequest);
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

const STEP = members(
  { step: SHORT_TEXT, count: { type: 'integer' }, amount: CREDITS },
  {
    rate: { ...CREDITS, description: 'Credits for one; a step that multiplies has none' },
    factor: { type: 'number', description: 'What the credits so far are multiplied by' },
    minimum: { ...CREDITS, description: 'The credits after the step are not below this' },
  },
);
const WORD = members({ word: SHORT_TEXT, class: SHORT_TEXT });
const VOWEL = members({ position: { type: 'integer', minimum: 1 }, character: SHORT_TEXT });

const EXPLANATION = members(
  {
    message_id: { type: 'integer' },
    timestamp: TIMESTAMP,
    kind: { type: 'string', enum: KINDS },
    steps: { type: 'array', items: STEP },
    credits_used: CREDITS,
  },
  {
    report_id: { type: ['integer', 'string'] },
    report_name: SHORT_TEXT,
    rules: { type: 'string', description: 'Of a price by text, as the four below' },
    text: SHORT_TEXT,
    characters: { type: 'integer' },
    words: { type: 'array', items: WORD },
    third_vowels: { type: 'array', items: VOWEL },
    credit_price: { ...COST, description: 'What a credit costs, where it has a price' },
    cost: COST,
    currency: CURRENCY,
  },
);

/** `GET /usage/{message_id}`. */
export const EXPLANATION_SCHEMA = {
  operationId: 'explainMessage',
  tags: ['usage'],
  summary: 'How the price of one message came about',
  description: 'As `o-copilot explain --json` prints it; the amounts of the steps add up to `credits_used`.',
  params: {
    type: 'object',
    properties: { message_id: { type: 'integer', description: 'Of the message' } },
  },
  querystring: NO_QUERY,
  response: replies(
    storable({
      description: 'The steps',
      content: { 'application/json': { schema: members({ explanation: EXPLANATION }) } },
    }),
    [...OF_PERIOD, 404, 409],
  ),
};
