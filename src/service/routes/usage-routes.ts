import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listOf } from '../../config/value.js';
import { explanationJson } from '../../format/documents/explanation.js';
import { FORMATS } from '../../format/formats.js';
import { CONTRACT_FIELDS, fieldsOf, needsPrice, writeRows } from '../../format/rows.js';
import { datedRatesOf } from '../../rates/rate-card.js';
import { explainItem } from '../../usage/pricing/message-pricer.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { narrows } from '../../usage/rows/row-query.js';
import { collectAnswer } from '../answer/answer.js';
import {
  addPeriodRoute,
  type MakeAnswer,
  type QueryRequest,
  type RouteParts,
} from '../answer/answer-period.js';
import { findRows, useView } from '../query/find-rows.js';
import {
  DELIMITED_OPTIONS,
  headersOf,
  NO_QUERY,
  readParameter,
  readUsageQuery,
  SHOWN_FIELDS,
  USAGE_QUERY,
  type UsageParameters,
  wantedFormat,
} from '../query/parameters.js';
import { pageRange, walkState, writeCursor } from '../query/walk.js';
import { badQuery, Refusal } from '../shared/problem.js';
import {
  COST,
  CREDITS,
  CURRENCY,
  members,
  OF_PERIOD,
  OTHER_CONTENTS,
  replies,
  SHORT_TEXT,
  storable,
  TIMESTAMP,
} from './replies.js';

/** Rows up to which a page is written at once; a larger answer waits for its turn. */
const SMALL = 2000;

/** `GET /usage`: what `usage` prints for the same query, byte for byte. */
export function addUsageRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute<UsageParameters>(app, parts, '/usage', USAGE_SCHEMA, readUsageRequest);
}

async function readUsageRequest(
  request: QueryRequest<UsageParameters>,
  parts: RouteParts,
): Promise<MakeAnswer> {
  const { reports, budget, jobs, readZone, prices } = parts;
  const given = request.query;
  const { selection, zone, after } = readUsageQuery(given, readZone);
  const format = wantedFormat(request, given.format);
  const fields = readParameter('fields', given.fields, listOf(SHOWN_FIELDS)) ?? CONTRACT_FIELDS;
  const unpriced = prices === undefined ? fields.find(needsPrice) : undefined;
  if (unpriced !== undefined)
    throw badQuery('fields', `${unpriced} needs the price of a credit, which this service does not have`);
  // An id that may occur more than once marks no position.
  const pages = parts.duplicates !== 'keep';
  if (after !== undefined && !pages) {
    throw badQuery('cursor', 'there is none where every copy of a message counts');
  }

  return (document, signal) =>
    useView(document, selection, parts, signal, async (view) => {
      const range = pageRange(document, view, selection, after);
      const found = await findRows(document, view, reports, signal, range);
      const next = pages ? walkState(document, view, range) : undefined;
      const facts = {
        freshUntil: found.freshUntil,
        headers: { ...headersOf(format), ...(next && nextLink(given, writeCursor(next, selection))) },
      };
      const outOf = () => (narrows(selection) ? document.messageCount : undefined);
      const options = { ...DELIMITED_OPTIONS, fields: fieldsOf(fields, zone, prices), outOf };
      const newRenderer = await FORMATS[format].rows(options);
      const write = () =>
        collectAnswer(facts, budget, (writer) =>
          writeRows(found.batches(), newRenderer(), writer, signal, prices),
        );
      return found.count <= SMALL ? write() : jobs.write(signal, write);
    });
}

/** RFC 8288; relative to the address of the request, which a reverse proxy may have changed. */
function nextLink({ offset: _, ...given }: UsageParameters, cursor: string): Record<string, string> {
  return { link: `<?${new URLSearchParams({ ...given, cursor })}>; rel="next"` };
}

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
      content: {
        'application/json': { schema: members({ usage: { type: 'array', items: USAGE_ITEM } }) },
        ...OTHER_CONTENTS,
      },
    }),
    [...OF_PERIOD, 410],
  ),
};

/** `GET /usage/{message_id}`: what `explain --json` prints. */
export function addExplanationRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute(app, parts, '/usage/:message_id', EXPLANATION_SCHEMA, readExplanationRequest);
}

async function readExplanationRequest(request: FastifyRequest, parts: RouteParts): Promise<MakeAnswer> {
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
    const facts = { headers: EXPLANATION_HEADERS, freshUntil: resolved.freshUntil };
    return collectAnswer(facts, budget, async (writer) => writer.write(json));
  };
}

/** There is one form, whatever Accept says. */
const EXPLANATION_HEADERS = { 'content-type': 'application/json; charset=utf-8', vary: 'accept-encoding' };

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
