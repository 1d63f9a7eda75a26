import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { version } from '../../package.json';
import type { Settings } from '../config/settings.js';
import { UpstreamTimeoutError } from '../errors.js';
import { unreadable } from '../os-error.js';
import type { HttpSettings } from '../source/http/address.js';
import type { Agents } from '../source/http/agents.js';
import { type RunLimits, type Source, type SourceObserver, startRun } from '../source/source.js';

/** Bytes of a messages document where nobody says: 4 GiB. */
export const DEFAULT_MAX_BODY = 4 * 1024 ** 3;

export interface SourceSettings
  extends Pick<
    Settings,
    | 'source'
    | 'period'
    | 'token'
    | 'origins'
    | 'retries'
    | 'connectTimeout'
    | 'readTimeout'
    | 'deadline'
    | 'concurrency'
  > {
  /** Most bytes of the messages document, decompressed. */
  readonly maxBody: number;
}

/** What a source needs of the process it runs in. */
export interface SourceDeps {
  /** For the proxy's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  /** Ends the reading; its reason is what every call then throws. */
  readonly signal: AbortSignal;
  /** `performance.now()` when the run began: the deadline counts from there. */
  readonly startedAt: number;
  readonly observer?: SourceObserver;
  /** Connections that outlive the source, for callers that open many. */
  readonly pool?: Agents;
}

/** Opens what `settings.source` names. @throws UnreadableError */
export async function openSource(settings: SourceSettings, deps: SourceDeps): Promise<Source> {
  const where = settings.source;
  if (where === 'sample') return (await import('../source/sample.js')).sampleSource();
  if (/^https?:\/\//i.test(where)) {
    const { httpSource } = await import('../source/http/http-source.js');
    return httpSource(httpSettings(settings, deps), deps.observer ?? {}, deps.pool);
  }
  const name = where === '-' ? 'stdin' : where;
  // A pipe that nobody closes must not hang a job.
  const { signal } = startRun(limitsOf(settings, deps), (problem) => new UpstreamTimeoutError(name, problem));
  const { fileSource, stdinSource } = await import('../source/file.js');
  if (where === '-') return stdinSource(deps.stdin, signal);
  const found = await stat(where).catch(unreadable(where));
  if (found.isDirectory()) {
    return (await import('../source/snapshot.js')).snapshotSource(where, signal);
  }
  return fileSource(where, signal);
}

function limitsOf({ deadline }: SourceSettings, { startedAt, signal }: SourceDeps): RunLimits {
  return { ...(Number.isFinite(deadline) && { deadline }), startedAt, signal };
}

/** What requests to an upstream need. */
export function httpSettings(settings: SourceSettings, deps: SourceDeps): HttpSettings {
  const { period, token, origins, connectTimeout, readTimeout, retries, concurrency } = settings;
  return {
    ...limitsOf(settings, deps),
    base: new URL(settings.source),
    period,
    ...(token !== undefined && { token, tokenOrigin: origins.token }),
    connectTimeout,
    readTimeout,
    retries,
    concurrency,
    maxBody: settings.maxBody,
    env: deps.env,
    userAgent: `o-copilot/${version}`,
  };
}
