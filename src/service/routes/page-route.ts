import type { FastifyInstance } from 'fastify';
import { loadPageShell, pageRenderer } from '../../format/page/page.js';
import { writeRows } from '../../format/rows.js';
import { collectAnswer } from '../answer/answer.js';
import {
  addPeriodRoute,
  type MakeAnswer,
  type QueryRequest,
  type RouteParts,
} from '../answer/answer-period.js';
import { findRows, WHOLE } from '../query/find-rows.js';
import { PAGE_QUERY, type QueryOf } from '../query/parameters.js';
import { OF_PERIOD, replies, SHORT_TEXT, storable } from './replies.js';

type PageParameters = QueryOf<typeof PAGE_QUERY>;

/** `GET /`: the page that `report` writes, over live data. */
export function addPageRoute(app: FastifyInstance, parts: RouteParts): void {
  addPeriodRoute<PageParameters>(app, parts, '/', PAGE_SCHEMA, readRequest);
}

async function readRequest(request: QueryRequest<PageParameters>, parts: RouteParts): Promise<MakeAnswer> {
  const zone = parts.readZone(request.query.timezone);
  const shell = await loadPageShell();

  return async (document, signal) => {
    const found = await findRows(document, WHOLE, parts.reports, signal);
    const { sourceName: source, period, rules, card, prices, limit } = parts;
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
    return parts.jobs.write(signal, () =>
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

const PAGE_SCHEMA = {
  operationId: 'showPage',
  tags: ['usage'],
  summary: 'The bill as a page for people',
  description: 'The page that `o-copilot report` writes, over live data.',
  querystring: PAGE_QUERY,
  response: replies(
    storable({
      description: 'A page that needs nothing else',
      headers: {
        'content-security-policy': SHORT_TEXT,
        'referrer-policy': SHORT_TEXT,
        'x-frame-options': SHORT_TEXT,
        'cross-origin-opener-policy': SHORT_TEXT,
      },
      content: { 'text/html': { schema: SHORT_TEXT } },
    }),
    OF_PERIOD,
  ),
};
