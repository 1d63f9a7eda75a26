import type { FastifyInstance } from 'fastify';
import { listOf } from '../../config/value.js';
import { summaryFacts } from '../../format/documents/summary.js';
import { FORMATS } from '../../format/formats.js';
import { narrows } from '../../usage/rows/row-query.js';
import { GROUPINGS, type Grouping } from '../../usage/summary/groups.js';
import { createSummary, dayBounds } from '../../usage/summary/summary.js';
import { collectAnswer } from '../answer/answer.js';
import { answerPeriod, type MakeAnswer, type QueryRequest } from '../answer/answer-period.js';
import { DELIMITED_OPTIONS, headersOf, wantedFormat } from '../answer/formats.js';
import { countRows, findRows, useView } from '../query/find-rows.js';
import { readParameter } from '../query/parameters.js';
import { readFilters, type SummaryParameters } from '../query/usage-query.js';
import { badQuery } from '../shared/problem.js';
import type { RouteParts } from './route-parts.js';
import { SUMMARY_SCHEMA } from './schemas/summary.js';

/** `GET /summary`: what `summary` prints for the same query. */
export function addSummaryRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: SummaryParameters }>(
    '/summary',
    { schema: SUMMARY_SCHEMA },
    answerPeriod<SummaryParameters>(parts, (request) => readRequest(request, parts)),
  );
}

async function readRequest(request: QueryRequest<SummaryParameters>, parts: RouteParts): Promise<MakeAnswer> {
  const given = request.query;
  const by = readGroupings(given.by);
  const { selection, zone } = readFilters(given, parts.zones);
  const format = wantedFormat(request, given.format);

  return (document, signal) =>
    useView(document, selection, parts, signal, async (view) => {
      const count = countRows(document, view);
      const found = await findRows(document, view, [0, count], parts.reports, signal);
      return parts.jobs.inTurn(signal, async () => {
        const sums = createSummary(by, zone, parts.prices);
        for await (const items of found.batches()) sums.add(items);
        const summary = sums.value(dayBounds(selection));
        const outOf = narrows(selection) ? document.messageCount : undefined;
        const { sourceName, periodName, rules } = parts;
        const about = { source: sourceName, period: periodName, rules, zone, outOf };
        const facts = summaryFacts(summary, about, undefined, Date.now());
        // It says when it was made, so a document that upstream calls unchanged does not prolong it.
        const freshUntil = Math.min(found.freshUntil, document.sentAt + parts.messagesTtl);
        return collectAnswer({ headers: headersOf(format), freshUntil }, parts.budget, async (writer) => {
          const pieces = await FORMATS[format].summary(summary, facts, DELIMITED_OPTIONS);
          for (const piece of pieces) await writer.write(piece);
        });
      });
    });
}

/** @throws Refusal (400) */
function readGroupings(text: string | undefined): readonly [Grouping, Grouping?] {
  const [first = 'day', second, ...more] = readParameter('by', text, listOf(GROUPINGS)) ?? [];
  if (more.length > 0) throw badQuery('by', 'two at the most');
  return second === undefined ? [first] : [first, second];
}
