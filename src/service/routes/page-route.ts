import type { FastifyInstance } from 'fastify';
import { loadPageShell } from '../../render/page-shell.js';
import { pageFacts, pageRenderer } from '../../render/usage-page.js';
import { writeRows } from '../../render/write-rows.js';
import { collectBill } from '../bill/bill.js';
import { billHandler } from '../http/bill-handler.js';
import { checkParameters, readZone } from '../query/parameters.js';
import type { RouteParts } from './route-parts.js';

/** `GET /`: the page that `report` writes, over live data. */
export function addPageRoute(app: FastifyInstance, parts: RouteParts): void {
  const { period, zones, sourceName, periodName, rules } = parts;
  app.get(
    '/',
    { schema: { hide: true } },
    billHandler(parts, async (request) => {
      const zone = await readZone(checkParameters(request.query, ['timezone']).timezone, zones);
      const shell = await loadPageShell();
      return period.read({ offset: 0 }, async (batches, freshUntil) => {
        const about = { source: sourceName, period: periodName, rules, filtered: false };
        const renderer = pageRenderer(shell, zone, (extent) => pageFacts(about, extent, zone, Date.now()));
        const bill = await collectBill({ contentType: 'text/html; charset=utf-8', freshUntil }, (taker) =>
          writeRows(batches, renderer, taker, period.signal),
        );
        return { ...bill, headers: { ...PAGE_HEADERS, 'content-security-policy': shell.policy } };
      });
    }),
  );
}

/** A bill is no frame of another page, and nothing to tell the next page of. */
const PAGE_HEADERS = { 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' };
