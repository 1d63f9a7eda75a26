import type { FastifyInstance, FastifyRequest } from 'fastify';
import { loadPageShell, pageRenderer } from '../../format/page/page.js';
import { writeRows } from '../../format/rows.js';
import { collectBill } from '../bill/bill.js';
import { answerPeriod, type MakeBill } from '../http/answer-period.js';
import { countRows, findRows, WHOLE } from '../query/find-rows.js';
import { checkParameters, readZone } from '../query/parameters.js';
import type { RouteParts } from './route-parts.js';

/** `GET /`: the page that `report` writes, over live data. */
export function addPageRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/',
    { schema: { hide: true } },
    answerPeriod(parts, (request) => readRequest(request, parts)),
  );
}

async function readRequest(request: FastifyRequest, parts: RouteParts): Promise<MakeBill> {
  const zone = readZone(checkParameters(request.query, ['timezone']).timezone, parts.zones);
  const shell = await loadPageShell();

  return async (document, signal) => {
    const found = await findRows(document, WHOLE, [0, countRows(document, WHOLE)], parts.reports, signal);
    const { sourceName: source, periodName: period, rules } = parts;
    const about = { source, period, rules, filtered: false };
    const renderer = pageRenderer(shell, zone, about, Date.now);
    const facts = {
      contentType: 'text/html; charset=utf-8',
      // It says when it was made, so a document that upstream calls unchanged does not prolong it.
      freshUntil: Math.min(found.freshUntil, document.sentAt + parts.messagesTtl),
      headers: { ...PAGE_HEADERS, 'content-security-policy': `${shell.policy}; frame-ancestors 'none'` },
    };
    return parts.jobs.write(signal, () =>
      collectBill(facts, parts.budget, (taker) => writeRows(found.batches(), renderer, taker, signal)),
    );
  };
}

/** A bill is no frame of another page, and nothing to tell the next page of. */
const PAGE_HEADERS = {
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
