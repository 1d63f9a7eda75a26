import type { FastifyInstance } from 'fastify';
import { listOf } from '../../config/value.js';
import { summaryFacts } from '../../format/documents/summary.js';
import { FORMATS } from '../../format/formats.js';
import { CROSSINGS, outlookOf } from '../../usage/forecast/budget.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { narrows } from '../../usage/rows/row-query.js';
import { GROUPINGS, type Grouping } from '../../usage/summary/groups.js';
import { createSummary, dayBounds } from '../../usage/summary/summary.js';
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
  readFilters,
  readParameter,
  SUMMARY_QUERY,
  type SummaryParameters,
  wantedFormat,
} from '../query/parameters.js';
import { badQuery } from '../shared/problem.js';
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

/** `GET /summary`: what `summary` prints for the same query. */
export function addSummaryRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute<SummaryParameters>(app, parts, '/summary', SUMMARY_SCHEMA, readRequest);
}

async function readRequest(request: QueryRequest<SummaryParameters>, parts: RouteParts): Promise<MakeAnswer> {
  const given = request.query;
  const by = readGroupings(given.by);
  const { selection, zone } = readFilters(given, parts.readZone);
  const format = wantedFormat(request, given.format);

  return (document, signal) =>
    useView(document, selection, parts, signal, async (view) => {
      const found = await findRows(document, view, parts.reports, signal);
      return parts.jobs.write(signal, async () => {
        const sums = createSummary(by, zone, parts.prices);
        for await (const items of found.batches()) sums.add(items);
        const summary = sums.value(dayBounds(selection));
        const outOf = narrows(selection) ? document.messageCount : undefined;
        const { sourceName: source, period, rules, limit } = parts;
        const about = { source, period, rules, zone, outOf };
        const now = Date.now();
        const facts = summaryFacts(summary, about, undefined, now);
        const outlook = limit && outlookOf(summary, limit, { zone, selection }, now);
        // It says when it was made, so a document that upstream calls unchanged does not prolong it.
        const freshUntil = Math.min(found.freshUntil, document.sentAt + parts.messagesTtl);
        return collectAnswer({ headers: headersOf(format), freshUntil }, parts.budget, async (writer) => {
          const pieces = await FORMATS[format].summary(summary, { ...facts, outlook }, DELIMITED_OPTIONS);
          for (const piece of pieces) await writer.write(piece);
        });
      });
    });
}

function readGroupings(text: string | undefined): readonly [Grouping, Grouping?] {
  const [first = 'day', second, ...more] = readParameter('by', text, listOf(GROUPINGS)) ?? [];
  if (more.length > 0) throw badQuery('by', 'two at the most');
  return second === undefined ? [first] : [first, second];
}

const DAY = { type: 'string', format: 'date' };
const DAYS = { first_day: DAY, last_day: DAY };

/** The keys of a group by what it is grouped by; null where a message or an empty day, week or month has none. */
const KEYS = {
  day: { ...DAY, type: ['string', 'null'] },
  week: { type: ['string', 'null'], description: 'ISO 8601: 2024-W18' },
  month: { type: ['string', 'null'], description: '2024-04' },
  kind: { type: ['string', 'null'], enum: [...KINDS, null] },
  report_id: { type: ['integer', 'string', 'null'] },
  report_name: { type: ['string', 'null'], description: 'Null where no report priced the messages' },
};

const GROUP = members(
  {
    messages: { type: 'integer' },
    credits: CREDITS,
    share: { type: 'number', description: 'Percent of all credits' },
  },
  { ...KEYS, ...DAYS, cost: COST, currency: CURRENCY },
);

const TOTAL = members(
  { messages: { type: 'integer' }, credits: CREDITS },
  {
    cost: COST,
    invoice: { type: 'number', description: 'The cost, rounded to what can be paid' },
    rounding: { type: 'number', description: 'What that added, or took away' },
    out_of: { type: 'integer', description: 'Messages of the period, where a filter left some out' },
  },
);

const AMOUNT = { type: 'number' };
const NULL_OR_AMOUNT = { type: ['number', 'null'] };
const NULL_OR_DAY = { ...DAY, type: ['string', 'null'] };

/** As `summary --json` has it where a limit is set. */
const BUDGET = {
  ...members({
    unit: { type: 'string', description: '`credits`, or the currency of the amounts' },
    limit: AMOUNT,
    used: AMOUNT,
    left: AMOUNT,
    share: { ...AMOUNT, description: 'Percent of the limit' },
    warn_at: NULL_OR_AMOUNT,
    status: { type: 'string', enum: ['within', ...CROSSINGS] },
    crossings: { type: 'array', items: { type: 'string', enum: CROSSINGS } },
    crossed_on: NULL_OR_DAY,
    crosses_on: NULL_OR_DAY,
    daily_rate: AMOUNT,
    left_per_day: NULL_OR_AMOUNT,
    projection: {
      ...members({ day: DAY, projected: AMOUNT, low: AMOUNT, high: AMOUNT }),
      type: ['object', 'null'],
    },
  }),
  description: 'Of an open period, where the service has a limit',
};

const SUMMARY = members(
  {
    source: SHORT_TEXT,
    period: SHORT_TEXT,
    timezone: SHORT_TEXT,
    rules: SHORT_TEXT,
    state: { type: 'string', enum: ['open', 'closed'] },
    by: { type: 'array', items: { type: 'string', enum: GROUPINGS } },
    groups: { type: 'array', items: GROUP },
    total: TOTAL,
  },
  {
    currency: CURRENCY,
    first_message: { type: ['string', 'null'] },
    last_message: { type: ['string', 'null'] },
    as_of: { ...TIMESTAMP, description: 'Of an open period: when this was requested' },
    subtotals: {
      type: 'array',
      description: 'With two groupings: the sums by the first of them',
      items: GROUP,
    },
    empty_spans: {
      type: 'array',
      description: 'Days without messages that are too many to be groups',
      items: members(DAYS),
    },
    budget: BUDGET,
  },
);

export const SUMMARY_SCHEMA = {
  operationId: 'summarise',
  tags: ['usage'],
  summary: 'Totals by day, week, month, report or kind',
  description: 'The bytes that `o-copilot summary` prints for the same query.',
  querystring: SUMMARY_QUERY,
  response: replies(
    storable({
      description: 'The totals',
      content: { 'application/json': { schema: members({ summary: SUMMARY }) }, ...OTHER_CONTENTS },
    }),
    OF_PERIOD,
  ),
};
