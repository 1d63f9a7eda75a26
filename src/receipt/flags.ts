import { UNICODE_VERSION } from '../engine/index.js';

/** The versions of the data that a bill follows: letters, numbers and their cases; time zones. */
export type DataTables = ReturnType<typeof dataTables>;

export function dataTables() {
  // The first is built into the program, the second into Node, which may have none of its own.
  return { unicode: UNICODE_VERSION, tz: process.versions.tz ?? 'unknown' };
}

/** A flag of the command line, as a receipt retains it. */
export type ReceiptFlag = string | boolean | readonly string[];

/** Every flag that a receipt may hold, by long name: those that the command line declares as shaping an export's bytes. */
export const RECEIPT_FLAGS = [
  'format',
  'color',
  'timezone',
  'rules',
  'credit-price',
  'currency',
  'budget',
  'period',
  'fields',
  'account-id',
  'account-name',
  'with-text',
  'delimiter',
  'bom',
  'formula-guard',
  'since',
  'until',
  'report',
  'kind',
  'sort',
  'desc',
  'limit',
  'offset',
  'by',
  'as-of',
  'duplicates',
] as const;
