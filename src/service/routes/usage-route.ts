import type { FastifyInstance } from 'fastify';
import { listOf } from '../../config/value.js';
import { FORMATS } from '../../format/formats.js';
import { CONTRACT_FIELDS, fieldsOf, needsPrice, writeRows } from '../../format/rows.js';
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
  readParameter,
  readUsageQuery,
  type UsageParameters,
  wantedFormat,
} from '../query/parameters.js';
import { SHOWN_FIELDS, USAGE_QUERY } from '../query/query-schemas.js';
import { pageRange, walkState, writeCursor } from '../query/walk.js';
import { badQuery } from '../shared/problem.js';
import {
  COST,
  CREDITS,
  CURRENCY,
  members,
  OF_PERIOD,
  OTHER_CONTENTS,
  replies,
  storable,
  TIMESTAMP,
} from './replies.js';

/** Rows up to which a page is written at once; a larger answer waits for its turn. */
const SMALL = 2000;

/** `GET /usage`: what `usage` prints for the same query, byte for byte. */
export function addUsageRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute<UsageParameters>(app, parts, '/usage', USAGE_SCHEMA, readRequest);
}

async function readRequest(request: QueryRequest<UsageParameters>, parts: RouteParts): Promise<MakeAnswer> {
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
      content: {
        'application/json': { schema: members({ usage: { type: 'array', items: USAGE_ITEM } }) },
        ...OTHER_CONTENTS,
      },
    }),
    [...OF_PERIOD, 410],
  ),
};
