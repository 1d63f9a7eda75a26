import type { FastifyInstance } from 'fastify';
import { loadPageShell, pageRenderer } from '../../format/page/page.js';
import { writeRows } from '../../format/rows.js';
import { collectAnswer } from '../answer/answer.js';
import { answerPeriod, type MakeAnswer, type QueryRequest } from '../answer/answer-period.js';
import { countRows, findRows, WHOLE } from '../query/find-rows.js';
import { readZone } from '../query/parameters.js';
import type { PAGE_QUERY, QueryOf } from '../query/query-schemas.js';
import type { RouteParts } from './route-parts.js';
import { PAGE_SCHEMA } from './schemas/page.js';

type PageParameters = QueryOf<typeof PAGE_QUERY>;

/** `GET /`: the page that `report` writes, over live data. */
export function addPageRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: PageParameters }>(
    '/',
    { schema: PAGE_SCHEMA },
    answerPeriod<PageParameters>(parts, (request) => readRequest(request, parts)),
  );
}

async function readRequest(request: QueryRequest<PageParameters>, parts: RouteParts): Promise<MakeAnswer> {
  const zone = readZone(request.query.timezone, parts.zones);
  const shell = await loadPageShell();

  return async (document, signal) => {
    const found = await findRows(document, WHOLE, [0, countRows(document, WHOLE)], parts.reports, signal);
    const { sourceName: source, periodName: period, rules, card, prices, limit } = parts;
    const about = {
      ...{ source, period, rules, card, prices, limit },
      bounds: {},
      filtered: false,
      withText: false,
      readsTexts: document.rows.holdTexts(),
    };
    const renderer = pageRenderer(shell, zone, about, Date.now);
    const facts = {
      // It says when it was made, so a document that upstream calls unchanged does not prolong it.
      freshUntil: Math.min(found.freshUntil, document.sentAt + parts.messagesTtl),
      headers: { ...PAGE_HEADERS, 'content-security-policy': `${shell.policy}; frame-ancestors 'none'` },
    };
    return parts.jobs.inTurn(signal, () =>
      collectAnswer(facts, parts.budget, (writer) =>
        writeRows(found.batches(), renderer, writer, signal, prices),
      ),
    );
  };
}

/** No other page frames a bill, or learns its address from a link. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  vary: 'accept-encoding',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
