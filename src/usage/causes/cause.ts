import type { Amount } from '../../engine/index.js';
import type { ExportRow } from '../../source/export/export-row.js';

/** Messages of a bill that another bill may count otherwise. */
export type Cause = {
  readonly messages: number;
  /** What they cost. */
  readonly credits: Amount;
  /** What the total would gain if they were counted otherwise; negative where it would lose. */
  readonly effect: Amount;
} & (
  | { readonly cause: 'rounding'; readonly decimals: number }
  /** Messages whose id came before. */
  | { readonly cause: 'copies'; readonly counted: boolean; readonly ids: readonly (number | bigint)[] }
  /** Messages priced by their text since their report does not exist. */
  | { readonly cause: 'missing-reports'; readonly reports: readonly Part[] }
  /** Messages of another calendar month than most. */
  | { readonly cause: 'other-months'; readonly month: string; readonly months: readonly Part[] }
);

/** What a cause costs by report, or by month. */
export interface Part {
  readonly name: string;
  readonly messages: number;
  readonly credits: Amount;
}

/** Looks at the rows of a bill for one cause. */
export interface CauseFinder {
  add(row: ExportRow): void;
  /** Undefined where there is nothing of the kind. */
  value(): Cause | undefined;
}
