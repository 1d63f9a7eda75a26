import { stat } from 'node:fs/promises';
import { version } from '../../package.json';
import type { Settings } from '../config/resolve.js';
import { UnreadableError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import type { ConnectionPool } from '../source/http/connection-pool.js';
import type { HttpSettings } from '../source/http/settings.js';
import type { Source, SourceObserver } from '../source/source.js';
import type { Run } from './host.js';
import { untilDeadline } from './until-deadline.js';

/** What a source needs beside the settings. */
export interface SourceOptions {
  readonly maxBody: number;
  readonly observer: SourceObserver;
  /** `performance.now()` when the run began: the deadline counts from there. */
  readonly startedAt: number;
  /** Connections that outlive the source, for who opens many. */
  readonly pool?: ConnectionPool;
}

/** The place that `--source` names. @throws UnreadableError */
export async function openSource(settings: Settings, options: SourceOptions, run: Run): Promise<Source> {
  const where = settings.source;
  if (where === 'sample') return (await import('../source/sample/sample-source.js')).sampleSource();
  if (/^https?:\/\//i.test(where)) return openHttp(settings, options, run);
  const signal = untilDeadline(where === '-' ? 'stdin' : where, settings.deadline, options, run.signal);
  const { fileSource, stdinSource } = await import('../source/file/file-source.js');
  if (where === '-') return stdinSource(run.host.stdin, signal);
  const found = await stat(where).catch((error) => {
    throw new UnreadableError(where, reasonOf(error));
  });
  if (found.isDirectory()) {
    return (await import('../source/snapshot/snapshot-source.js')).snapshotSource(where, signal);
  }
  return fileSource(where, signal);
}

async function openHttp(settings: Settings, options: SourceOptions, run: Run): Promise<Source> {
  const { httpSource } = await import('../source/http/http-source.js');
  return httpSource(httpSettings(settings, options, run), options.observer, options.pool);
}

/** What requests to the upstream that `--source` names need. */
export function httpSettings(
  settings: Settings,
  options: Pick<SourceOptions, 'maxBody' | 'startedAt'>,
  { host, signal }: Run,
): HttpSettings {
  const { period, token, origins, connectTimeout, readTimeout, deadline, retries, concurrency } = settings;
  return {
    base: new URL(settings.source),
    period,
    ...(token !== undefined && { token, tokenOrigin: origins.token }),
    connectTimeout,
    readTimeout,
    ...(Number.isFinite(deadline) && { deadline }),
    startedAt: options.startedAt,
    retries,
    concurrency,
    maxBody: options.maxBody,
    signal,
    env: host.env,
    userAgent: `o-copilot/${version}`,
  };
}
