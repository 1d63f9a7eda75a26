import type { TimeZone } from '../../calendar/time-zone.js';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { Settings } from '../../config/settings.js';
import type { Usage, UsageDeps, UsageSettings } from '../../open-usage.js';
import type { CreditPrices } from '../../rates/money.js';
import type { Source } from '../../source/source.js';
import type { Tracing } from '../../telemetry/tracing.js';
import type { Limit } from '../../usage/forecast/limit.js';

/** Everything that a service needs to know but for the credentials, checked by the caller. Times are milliseconds. */
export interface ServiceOptions
  extends ServiceSettings,
    Pick<UsageSettings, 'rules' | 'card' | 'duplicates'>,
    Pick<Settings, 'period' | 'deadline' | 'concurrency'> {
  readonly trustProxy: readonly string[];
  readonly corsOrigin: readonly string[];
  /** Listen beyond this machine, and for any name, without authentication. */
  readonly insecure: boolean;
  readonly openMetrics: boolean;
  readonly version: string;
  readonly zone: TimeZone;
  /** What a credit costs, where it has a price. */
  readonly prices: CreditPrices | undefined;
  /** What the period may use. */
  readonly limit: Limit | undefined;
  /** Fit to be shown. */
  readonly sourceName: string;
  /** The source is a file or folder, whose reports lie beside its messages. */
  readonly isLocal: boolean;
  /** Paths that no client may see. */
  readonly serverPaths: readonly string[];
  /**
   * Everything beside a report's id that decides what upstream says of it, secrets included: only a digest of it leaves
   * this process.
   */
  readonly cacheScope: readonly string[];
  readonly tracing: Tracing | undefined;
  /** Each for one document: the first failure ends it. It has no deadline; whoever waits has. */
  openSource(deps: Pick<UsageDeps, 'observer' | 'signal'>): Promise<Source>;
  openUsage(deps: Pick<UsageDeps, 'observer' | 'signal' | 'onBatch'>): Promise<Usage>;
}
