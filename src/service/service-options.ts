import type { TimeZone } from '../calendar/time-zone.js';
import type { Ruleset } from '../engine/rules.js';
import type { CreditPrices } from '../rates/money.js';
import type { RateCard } from '../rates/rate-card.js';
import type { Limit } from '../usage/forecast/limit.js';
import type { DuplicateRule } from '../usage/pricing/priced-row.js';
import type { LiveCredentials } from './auth/live-credentials.js';
import type { AppOptions } from './http/create-app.js';
import type { PeriodOptions } from './period/open-period.js';

/** Everything that a service needs to know, checked by the caller. Times are milliseconds. */
export interface ServiceOptions extends AppOptions, PeriodOptions {
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  readonly duplicates: DuplicateRule;
  readonly host: string;
  readonly port: number;
  /** What a credit costs, where it has a price. */
  readonly prices: CreditPrices | undefined;
  /** What the period may use. */
  readonly limit: Limit | undefined;
  readonly zone: TimeZone;
  /** Fit to be shown. */
  readonly sourceName: string;
  /** The name of the messages document. */
  readonly period: string;
  readonly redis: string | undefined;
  readonly credentials: LiveCredentials;
  /** Listen beyond this machine, and for any name, without authentication. */
  readonly insecure: boolean;
  readonly openMetrics: boolean;
  /** Milliseconds that a request may take. */
  readonly deadline: number;
  /** Bytes. */
  readonly maxMemory: number;
}
