import { UNICODE_VERSION } from '../engine/index.js';

/** The versions of the data that a bill follows: letters, numbers and their cases; time zones. */
export interface DataTables {
  /** Built into the program. */
  readonly unicode: string;
  /** That of Node; `unknown` where Node has none of its own. */
  readonly tz: string;
}

export function dataTables(): DataTables {
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
