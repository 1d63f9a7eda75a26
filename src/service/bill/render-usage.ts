import { CONTRACT_FIELDS } from '../../render/field-names.js';
import { fieldsOf } from '../../render/fields.js';
import { writeRows } from '../../render/write-rows.js';
import type { PeriodReader } from '../period/period-reader.js';
import { writeCursor } from '../query/cursor.js';
import { createPage } from '../query/page.js';
import type { Parameters, UsageQuery } from '../query/usage-query.js';
import type { Bill } from './bill.js';
import { collectBody } from './collect-body.js';
import { type BillFormat, billRenderer, CONTENT_TYPES } from './formats.js';

/**
 * What `usage --FORMAT` prints for the same rows, byte for byte.
 *
 * @param given the query as it came, for the link to the next page
 * @throws Refusal (410), and what reading the period throws
 */
export function renderUsage(
  query: UsageQuery,
  format: BillFormat,
  given: Parameters,
  period: PeriodReader,
): Promise<Bill> {
  const page = createPage(query.selection, query.after);
  return period.read(page.selection, async (batches, freshUntil) => {
    const renderer = billRenderer(format, fieldsOf(CONTRACT_FIELDS, query.zone));
    const { body, size, digest } = await collectBody((taker) =>
      writeRows(page.rows(batches), renderer, taker, period.signal),
    );
    // An id that stands more than once marks no place.
    const last = period.duplicates === 'keep' ? undefined : page.last();
    return {
      body,
      size,
      etag: `"${digest}"`,
      contentType: CONTENT_TYPES[format],
      link: last === undefined ? undefined : nextLink(given, writeCursor(last, query.selection)),
      freshUntil,
    };
  });
}

function nextLink({ offset: _, ...given }: Parameters, cursor: string): string {
  const parameters = new URLSearchParams({ ...given, cursor });
  return `</usage?${parameters}>; rel="next"`;
}
