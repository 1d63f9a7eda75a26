export const BILL_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type BillFormat = (typeof BILL_FORMATS)[number];

/** The media type of each format, the one for `Accept: *` first. */
export const MEDIA_TYPES: Readonly<Record<BillFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
};

/** As a `content-type`; CSV has the header line that RFC 4180 calls present. */
export const CONTENT_TYPES: Readonly<Record<BillFormat, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** How the service writes CSV: as the command line does unless told otherwise. */
export const CSV_OPTIONS = { delimiter: ',', bom: false, formulaGuard: true } as const;
