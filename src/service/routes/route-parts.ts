import type { Ruleset } from '../../engine/rules.js';
import type { RateCard } from '../../rates/rate-card.js';
import type { DuplicateRule } from '../../usage/pricing/priced-row.js';
import type { BillStore } from '../bill/bill-store.js';
import type { DocumentStore } from '../period/document-store.js';
import type { ReportStore } from '../period/report-store.js';
import type { ZoneStore } from '../query/zone-store.js';
import type { Jobs } from '../work/jobs.js';
import type { MemoryBudget } from '../work/memory-budget.js';

/** What the routes that tell of the period need. */
export interface RouteParts {
  readonly documents: DocumentStore;
  readonly reports: ReportStore;
  readonly bills: BillStore;
  readonly budget: MemoryBudget;
  readonly jobs: Jobs;
  /** Milliseconds. */
  readonly messagesTtl: number;
  /** Milliseconds that a request may take. */
  readonly deadline: number;
  /** Aborted when the service ends. */
  readonly ending: AbortSignal;
  readonly duplicates: DuplicateRule;
  readonly zones: ZoneStore;
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** Where the data comes from, fit to be shown. */
  readonly sourceName: string;
  /** The name of the messages document. */
  readonly periodName: string;
  /** Told whether a bill was there already. */
  onLookup(outcome: 'hit' | 'miss'): void;
}
