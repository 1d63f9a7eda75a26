import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { version } from '../../package.json';
import type { Settings } from '../config/settings.js';
import { UnreadableError, UpstreamTimeoutError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import type { Agents } from '../source/http/agents.js';
import { showDuration } from '../source/http/fault.js';
import type { HttpSettings } from '../source/http/run.js';
import type { Source, SourceObserver } from '../source/source.js';

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
  const signal = signalWithDeadline(where === '-' ? 'stdin' : where, settings.deadline, deps);
  const { fileSource, stdinSource } = await import('../source/file.js');
  if (where === '-') return stdinSource(deps.stdin, signal);
  const found = await stat(where).catch((error) => {
    throw new UnreadableError(where, reasonOf(error));
  });
  if (found.isDirectory()) {
    return (await import('../source/snapshot.js')).snapshotSource(where, signal);
  }
  return fileSource(where, signal);
}

/** What requests to an upstream need. */
export function httpSettings(settings: SourceSettings, deps: SourceDeps): HttpSettings {
  const { period, token, origins, connectTimeout, readTimeout, deadline, retries, concurrency } = settings;
  return {
    base: new URL(settings.source),
    period,
    ...(token !== undefined && { token, tokenOrigin: origins.token }),
    connectTimeout,
    readTimeout,
    ...(Number.isFinite(deadline) && { deadline }),
    startedAt: deps.startedAt,
    retries,
    concurrency,
    maxBody: settings.maxBody,
    signal: deps.signal,
    env: deps.env,
    userAgent: `o-copilot/${version}`,
  };
}

/**
 * The signal of `deps`, and the deadline too, for a source without one of its own: a pipe that nobody closes must not
 * hang a job.
 *
 * @param name of the source, for the UpstreamTimeoutError that is the reason
 * @param deadline milliseconds, or Infinity
 */
function signalWithDeadline(
  name: string,
  deadline: number,
  { startedAt, signal }: Pick<SourceDeps, 'startedAt' | 'signal'>,
): AbortSignal {
  const expired = new AbortController();
  const expire = () =>
    expired.abort(new UpstreamTimeoutError(name, `deadline of ${showDuration(deadline)} passed`));
  if (Number.isFinite(deadline)) {
    setTimeout(expire, Math.max(0, startedAt + deadline - performance.now())).unref();
  }
  return AbortSignal.any([signal, expired.signal]);
}
