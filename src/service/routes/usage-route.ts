import type { FastifyInstance, FastifyRequest } from 'fastify';
import { csvRenderer } from '../../render/csv.js';
import { CONTRACT_FIELDS } from '../../render/field-names.js';
import { type Field, fieldsOf } from '../../render/fields.js';
import { jsonRenderer, ndjsonRenderer } from '../../render/json.js';
import type { Renderer } from '../../render/renderer.js';
import { writeRows } from '../../render/write-rows.js';
import { type Bill, collectBill } from '../bill/bill.js';
import { type BillFormat, CONTENT_TYPES, CSV_OPTIONS } from '../bill/formats.js';
import { billHandler } from '../http/bill-handler.js';
import { wantedFormat } from '../http/wanted-format.js';
import { badQuery } from '../problem.js';
import { writeCursor } from '../query/cursor.js';
import { createPage } from '../query/page.js';
import { checkParameters } from '../query/parameters.js';
import { readUsageQuery, USAGE_PARAMETERS, type UsageParameters } from '../query/usage-query.js';
import type { RouteParts } from './route-parts.js';
import { USAGE_SCHEMA } from './schemas/usage.js';

/** `GET /usage`: what `usage` prints for the same query, byte for byte. */
export function addUsageRoute(app: FastifyInstance, parts: RouteParts): void {
  app.get(
    '/usage',
    { schema: USAGE_SCHEMA },
    billHandler(parts, (request) => makeBill(request, parts)),
  );
}

async function makeBill(request: FastifyRequest, { period, zones }: RouteParts): Promise<Bill> {
  const given = checkParameters(request.query, USAGE_PARAMETERS);
  const { selection, zone, after } = await readUsageQuery(given, zones);
  const format = wantedFormat(request, given.format);
  // An id that may stand more than once marks no place.
  const pages = period.duplicates !== 'keep';
  if (after !== undefined && !pages)
    throw badQuery('cursor', 'there is none where every copy of a message counts');

  const page = createPage(selection, after);
  return period.read(page.selection, async (batches, freshUntil) => {
    const renderer = rendererOf(format, fieldsOf(CONTRACT_FIELDS, zone));
    const bill = await collectBill({ contentType: CONTENT_TYPES[format], freshUntil }, (taker) =>
      writeRows(page.rows(batches), renderer, taker, period.signal),
    );
    const last = pages ? page.last() : undefined;
    return last === undefined ? bill : { ...bill, headers: nextLink(given, writeCursor(last, selection)) };
  });
}

function rendererOf(format: BillFormat, fields: readonly Field[]): Renderer {
  switch (format) {
    case 'json':
      return jsonRenderer(fields);
    case 'ndjson':
      return ndjsonRenderer(fields);
    case 'csv':
      return csvRenderer(fields, CSV_OPTIONS);
  }
}

/** RFC 8288. */
function nextLink({ offset: _, ...given }: UsageParameters, cursor: string): Record<string, string> {
  return { link: `</usage?${new URLSearchParams({ ...given, cursor })}>; rel="next"` };
}
