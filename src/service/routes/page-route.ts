import type { FastifyInstance } from 'fastify';
import { loadPageShell } from '../../render/page-shell.js';
import { pageRenderer } from '../../render/usage-page.js';
import { writeRows } from '../../render/write-rows.js';
import { collectBill } from '../bill/bill.js';
import { billHandler } from '../http/bill-handler.js';
import { checkParameters, readZone } from '../query/parameters.js';
import { periodFacts } from './period-facts.js';
import type { RouteParts } from './route-parts.js';

/** `GET /`: the page that `report` writes, over live data. */
export function addPageRoute(app: FastifyInstance, parts: RouteParts): void {
  const { period, zones } = parts;
  app.get(
    '/',
    { schema: { hide: true } },
    billHandler(parts, async (request) => {
      const zone = await readZone(checkParameters(request.query, ['timezone']).timezone, zones);
      const shell = await loadPageShell();
      return period.read({ offset: 0 }, async (batches, freshUntil) => {
        const renderer = pageRenderer(shell, zone, (extent) => ({
          ...periodFacts(extent?.lastInstant, zone, parts),
          asOf: `${new Date().toISOString().slice(0, 19)}Z`,
          filtered: false,
        }));
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
