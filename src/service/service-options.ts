import type { TimeZone } from '../calendar/time-zone.js';
import type { Ruleset } from '../engine/rules.js';
import type { Usage, UsageDeps } from '../open-usage.js';
import type { CreditPrices } from '../rates/money.js';
import type { RateCard } from '../rates/rate-card.js';
import type { Source } from '../source/source.js';
import type { Limit } from '../usage/forecast/limit.js';
import type { DuplicateRule } from '../usage/pricing/priced-row.js';
import type { LiveCredentials } from './auth/live-credentials.js';
import type { AppOptions } from './http/create-app.js';

/** Everything that a service needs to know, checked by the caller. Times are milliseconds. */
export interface ServiceOptions extends AppOptions {
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
  /** The source is a file or folder, whose reports lie beside its messages. */
  readonly isLocal: boolean;
  /** Each for one document: the first failure ends it. It has no deadline; whoever waits has. */
  openSource(deps: Pick<UsageDeps, 'observer' | 'signal'>): Promise<Source>;
  openUsage(deps: Pick<UsageDeps, 'observer' | 'signal' | 'onBatch'>): Promise<Usage>;
  readonly messagesTtl: number;
  readonly cacheTtl: number;
  /** Of `O_COPILOT_CACHE_SECRET`. */
  readonly cacheSecret: string | undefined;
  /** Reports requested at once. */
  readonly concurrency: number;
  readonly maxJobs: number;
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
