import { csvRenderer } from '../../render/csv.js';
import type { Field } from '../../render/fields.js';
import { jsonRenderer, ndjsonRenderer } from '../../render/json.js';
import type { Renderer } from '../../render/renderer.js';

export const BILL_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type BillFormat = (typeof BILL_FORMATS)[number];

/** The media type of each format, the one for `Accept: *` first. */
export const MEDIA_TYPES: Readonly<Record<BillFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
};

/** As a `content-type`. CSV has the header line that RFC 4180 calls present. */
export const CONTENT_TYPES: Readonly<Record<BillFormat, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** The renderer of the command line's same format, with its defaults. */
export function billRenderer(format: BillFormat, fields: readonly Field[]): Renderer {
  switch (format) {
    case 'json':
      return jsonRenderer(fields);
    case 'ndjson':
      return ndjsonRenderer(fields);
    case 'csv':
      return csvRenderer(fields, { delimiter: ',', bom: false, formulaGuard: true });
  }
}
