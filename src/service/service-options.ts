import type { X509Certificate } from 'node:crypto';
import type { TimeZone } from '../calendar/time-zone.js';
import type { RateLimit } from '../config/service-settings.js';
import type { Ruleset } from '../engine/rules.js';
import type { CreditPrices } from '../rates/money.js';
import type { RateCard } from '../rates/rate-card.js';
import type { Source, SourceObserver } from '../source/source.js';
import type { Tracing } from '../telemetry/tracing.js';
import type { Limit } from '../usage/forecast/limit.js';
import type { DuplicateRule } from '../usage/pricing/priced-row.js';
import type { LiveCredentials } from './auth/live-credentials.js';

/** Everything a service is told, checked by the caller. Times are milliseconds. */
export interface ServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** What a credit costs, where it has a price. */
  readonly prices: CreditPrices | undefined;
  /** What the period may use. */
  readonly limit: Limit | undefined;
  readonly duplicates: DuplicateRule;
  readonly zone: TimeZone;
  /**
   * Everything beside a report's id that decides what upstream says of it, secrets included: only a digest of it leaves
   * this process.
   */
  readonly cacheScope: readonly string[];
  /** Of `O_COPILOT_CACHE_SECRET`. */
  readonly cacheSecret: string | undefined;
  /** The source is a file or folder, whose reports lie beside its messages. */
  readonly isLocal: boolean;
  /** Paths that no client may see. */
  readonly serverPaths: readonly string[];
  /** Fit to be shown. */
  readonly sourceName: string;
  /** The name of the messages document. */
  readonly period: string;
  readonly messagesTtl: number;
  readonly cacheTtl: number;
  readonly redis: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly credentials: LiveCredentials;
  /** Addresses of reverse proxies whose `X-Forwarded-…` headers count. */
  readonly trustProxy: readonly string[];
  /** The path under which a reverse proxy shows this service: `/billing`, or an empty text. */
  readonly basePath: string;
  /** Origins whose pages may read the answers. */
  readonly corsOrigin: readonly string[];
  /** Listen beyond this machine, and for any name, without asking who is there. */
  readonly insecure: boolean;
  readonly openMetrics: boolean;
  readonly version: string;
  readonly tracing: Tracing | undefined;
  /** Milliseconds that a request may take. */
  readonly deadline: number;
  /** Bytes. */
  readonly maxMemory: number;
  readonly maxJobs: number;
  /** Reports asked for at once. */
  readonly concurrency: number;
  /** A source for one document: the first failure ends it. It has no deadline; whoever waits has. */
  openSource(observer: SourceObserver, signal: AbortSignal): Promise<Source>;
}

/** Who is admitted. Where nothing is set, anybody. */
export interface Credentials {
  readonly tokens: readonly HashedToken[];
  readonly jwt: JwtOptions | undefined;
  readonly tls: TlsOptions | undefined;
}

export interface HashedToken {
  /** Whose it is, for the log and the rate limit. */
  readonly name: string;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
}

export interface JwtOptions {
  /** HS256. */
  readonly secret: Uint8Array | undefined;
  /** RS256 and ES256: where a JWK set is, or the set. */
  readonly jwks: URL | object | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** PEM. */
export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients must have a certificate from one of these authorities. */
  readonly clientCa: Buffer | undefined;
  /** The certificates in `clientCa`. */
  readonly authorities: readonly X509Certificate[];
}
