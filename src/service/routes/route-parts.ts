import type { Ruleset } from '../../engine/rules.js';
import type { CreditPrices } from '../../rates/money.js';
import type { RateCard } from '../../rates/rate-card.js';
import type { Limit } from '../../usage/forecast/limit.js';
import type { DuplicateRule } from '../../usage/pricing/priced-row.js';
import type { AnswerParts } from '../answer/answer-period.js';
import type { ReportStore } from '../period/report-store.js';
import type { ZoneStore } from '../query/zone-store.js';

/** What the routes that show the period need. */
export interface RouteParts extends AnswerParts {
  readonly reports: ReportStore;
  /** Milliseconds. */
  readonly messagesTtl: number;
  readonly duplicates: DuplicateRule;
  readonly zones: ZoneStore;
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** What a credit costs, where it has a price. */
  readonly prices: CreditPrices | undefined;
  /** What the period may use. */
  readonly limit: Limit | undefined;
  /** Where the data comes from, fit to be shown. */
  readonly sourceName: string;
  /** The name of the messages document. */
  readonly periodName: string;
}
