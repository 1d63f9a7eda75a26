/** Everything an HTTP source needs to know, resolved and checked by the caller. Times are milliseconds. */
export interface HttpSettings {
  /** http or https. User name and password become Basic authorization; the query is kept on every request. */
  readonly base: URL;
  /** Names the messages document: `current-period`. */
  readonly period: string;
  /** Sent as a bearer token to the base's origin only. */
  readonly token?: string;
  /** Where the token was set, for hints: `O_COPILOT_TOKEN`, `.env line 3`. */
  readonly tokenOrigin?: string;
  /** For the name lookup, for each address of the host, for the proxy, and for TLS. */
  readonly connectTimeout: number;
  /** The longest silence between two bytes of an answer. */
  readonly readTimeout: number;
  /** The budget of the whole run, counted from `startedAt`; none without it. */
  readonly deadline?: number;
  /** `performance.now()` when the run began. */
  readonly startedAt: number;
  /** Requests made again for one document, after the first. */
  readonly retries: number;
  /** Reports asked for at once. */
  readonly concurrency: number;
  /** The most bytes of the messages document, decompressed. */
  readonly maxBody: number;
  /** Ends the run; its reason is what every call then throws. */
  readonly signal?: AbortSignal;
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from here, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
}
