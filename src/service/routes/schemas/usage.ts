import { KINDS } from '../../../usage/pricing/priced-row.js';
import { NO_QUERY, USAGE_QUERY } from '../../query/query-schemas.js';
import {
  COST,
  CREDITS,
  CURRENCY,
  OF_PERIOD,
  OTHER_CONTENTS,
  replies,
  SHORT_TEXT,
  storable,
  TIMESTAMP,
} from './replies.js';

const USAGE_ITEM = {
  type: 'object',
  description: 'message_id, timestamp, report_name and credits_used, or those of `fields`',
  additionalProperties: false,
  properties: {
    message_id: { type: 'integer' },
    timestamp: TIMESTAMP,
    report_name: { type: 'string', description: 'Only where a report priced the message' },
    credits_used: CREDITS,
    report_id: { type: ['integer', 'string'] },
    kind: { type: 'string', enum: KINDS },
    date: { type: 'string', format: 'date' },
    cost: COST,
    currency: CURRENCY,
  },
};

const USAGE = {
  type: 'object',
  required: ['usage'],
  additionalProperties: false,
  properties: { usage: { type: 'array', items: USAGE_ITEM } },
};

/** `GET /usage`. */
export const USAGE_SCHEMA = {
  operationId: 'listUsage',
  tags: ['usage'],
  summary: 'Every message of the period with the credits it used',
  description:
    'The bytes that `o-copilot usage` prints for the same query. With `limit`, a page and the next one.',
  querystring: USAGE_QUERY,
  response: replies(
    storable({
      description: 'The rows',
      headers: { link: { type: 'string', description: 'RFC 8288: rel="next"' } },
      content: { 'application/json': { schema: USAGE }, ...OTHER_CONTENTS },
    }),
    [...OF_PERIOD, 406, 410],
  ),
};

const STEP = {
  type: 'object',
  required: ['step', 'count', 'amount'],
  additionalProperties: false,
  properties: {
    step: SHORT_TEXT,
    count: { type: 'integer' },
    rate: { ...CREDITS, description: 'Credits for one; a step that multiplies has none' },
    factor: { type: 'number', description: 'What the credits so far are multiplied by' },
    minimum: { ...CREDITS, description: 'The credits after the step are not below this' },
    amount: CREDITS,
  },
};

const WORD = {
  type: 'object',
  required: ['word', 'class'],
  properties: { word: SHORT_TEXT, class: SHORT_TEXT },
};
const VOWEL = {
  type: 'object',
  required: ['position', 'character'],
  properties: { position: { type: 'integer', minimum: 1 }, character: SHORT_TEXT },
};

const EXPLANATION = {
  type: 'object',
  required: ['explanation'],
  additionalProperties: false,
  properties: {
    explanation: {
      type: 'object',
      required: ['message_id', 'timestamp', 'kind', 'steps', 'credits_used'],
      additionalProperties: false,
      properties: {
        message_id: { type: 'integer' },
        timestamp: TIMESTAMP,
        kind: { type: 'string', enum: KINDS },
        report_id: { type: ['integer', 'string'] },
        report_name: SHORT_TEXT,
        rules: { type: 'string', description: 'Of a price by text, as the four below' },
        text: SHORT_TEXT,
        characters: { type: 'integer' },
        words: { type: 'array', items: WORD },
        third_vowels: { type: 'array', items: VOWEL },
        steps: { type: 'array', items: STEP },
        credits_used: CREDITS,
        credit_price: { ...COST, description: 'What a credit costs, where it has a price' },
        cost: COST,
        currency: CURRENCY,
      },
    },
  },
};

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
    storable({ description: 'The steps', content: { 'application/json': { schema: EXPLANATION } } }),
    [...OF_PERIOD, 404, 409],
  ),
};
