import type { Kind } from '../usage/item.js';

/** A column's name in the page's address: as in `--sort` and `--fields` of the command. */
export const COLUMNS = ['message_id', 'timestamp', 'report_name', 'kind', 'credits_used'] as const;
export type Column = (typeof COLUMNS)[number];

export interface SortKey {
  readonly column: Column;
  readonly descending: boolean;
}

/** Everything a link to the page reproduces. */
export interface View {
  /** Precedence order; empty is 'as received'. */
  readonly sort: readonly SortKey[];
  /** Searched for in ids and report names. */
  readonly text: string;
  readonly kind: Kind | undefined;
  /** YYYY-MM-DD, both inclusive. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** From 1. */
  readonly page: number;
}

export function isFiltered(view: View): boolean {
  return view.text !== '' || view.kind !== undefined || view.from !== undefined || view.to !== undefined;
}
