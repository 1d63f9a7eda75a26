import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listOf } from '../../config/value.js';
import { summaryCsv } from '../../render/summary-csv.js';
import { type SummaryFacts, summaryFacts } from '../../render/summary-facts.js';
import { summaryJson, summaryNdjson } from '../../render/summary-json.js';
import { GROUPINGS, type Grouping } from '../../usage/grouping.js';
import { narrows } from '../../usage/selection.js';
import { createSummary, daysNamed, type Summary } from '../../usage/summarise.js';
import { type Bill, collectBill } from '../bill/bill.js';
import { type BillFormat, CONTENT_TYPES, CSV_OPTIONS } from '../bill/formats.js';
import { billHandler } from '../http/bill-handler.js';
import { wantedFormat } from '../http/wanted-format.js';
import { badQuery } from '../problem.js';
import { checkParameters, readParameter } from '../query/parameters.js';
import { FILTERS, readFilters } from '../query/usage-query.js';
import type { RouteParts } from './route-parts.js';
import { SUMMARY_SCHEMA } from './schemas/summary.js';

const SUMMARY_PARAMETERS = [...FILTERS, 'by', 'format'] as const;

/** `GET /summary`: what `summary` prints for the same query. */
export function addSummaryRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/summary',
    { schema: SUMMARY_SCHEMA },
    billHandler(parts, (request) => makeBill(request, parts)),
  );
}

async function makeBill(request: FastifyRequest, parts: RouteParts): Promise<Bill> {
  const given = checkParameters(request.query, SUMMARY_PARAMETERS);
  const by = readGroupings(given.by);
  const query = await readFilters(given, parts.zones);
  const format = wantedFormat(request, given.format);
  return parts.period.read(query.selection, async (batches, freshUntil, messages) => {
    const sums = createSummary(by, query.zone);
    for await (const items of batches) sums.add(items);
    const summary = sums.value(daysNamed(query.selection, query.zone));
    const outOf = narrows(query.selection) ? messages() : undefined;
    const { sourceName, periodName, rules } = parts;
    const about = { source: sourceName, period: periodName, rules, zone: query.zone, outOf };
    const facts = summaryFacts(summary, about, undefined, Date.now());
    return collectBill({ contentType: CONTENT_TYPES[format], freshUntil }, async (taker) => {
      for (const piece of render(summary, facts, format)) await taker.write(piece);
    });
  });
}

/** @throws Refusal (400) */
function readGroupings(text: string | undefined): readonly [Grouping, Grouping?] {
  const [first = 'day', second, ...more] = readParameter('by', text, listOf(GROUPINGS)) ?? [];
  if (more.length > 0) throw badQuery('by', 'two at the most');
  return second === undefined ? [first] : [first, second];
}

function render(summary: Summary, facts: SummaryFacts, format: BillFormat): Iterable<string> {
  switch (format) {
    case 'json':
      return summaryJson(summary, facts);
    case 'ndjson':
      return summaryNdjson(summary);
    case 'csv':
      return summaryCsv(summary, CSV_OPTIONS);
  }
}
