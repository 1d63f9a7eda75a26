import type { Ruleset } from '../../engine/ruleset.js';
import type { RateCard } from '../../rates/rate-card.js';
import type { BillHandlerParts } from '../http/bill-handler.js';
import type { PeriodReader } from '../period/period-reader.js';
import type { ZoneStore } from '../query/zone-store.js';

/** What the routes that tell of the period need. */
export interface RouteParts extends BillHandlerParts {
  readonly period: PeriodReader;
  readonly zones: ZoneStore;
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** Where the data comes from, fit to be shown. */
  readonly sourceName: string;
  /** The name of the messages document. */
  readonly periodName: string;
}
