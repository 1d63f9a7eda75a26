import { stat } from 'node:fs/promises';
import { version } from '../../package.json';
import type { Settings } from '../config/resolve.js';
import { UnreadableError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import type { Source, SourceObserver } from '../source/source.js';
import type { Run } from './host.js';
import { untilDeadline } from './until-deadline.js';

/** What a source needs beside the settings. */
export interface SourceOptions {
  readonly maxBody: number;
  readonly observer: SourceObserver;
  /** `performance.now()` when the run began: the deadline counts from there. */
  readonly startedAt: number;
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

async function openHttp(settings: Settings, options: SourceOptions, { host, signal }: Run): Promise<Source> {
  const { httpSource } = await import('../source/http/http-source.js');
  const { period, token, origins, connectTimeout, readTimeout, deadline, retries, concurrency } = settings;
  return httpSource(
    {
      base: new URL(settings.source),
      period,
      ...(token !== undefined && { token, tokenOrigin: origins.token }),
      connectTimeout,
      readTimeout,
      deadline,
      startedAt: options.startedAt,
      retries,
      concurrency,
      maxBody: options.maxBody,
      signal,
      env: host.env,
      userAgent: `o-copilot/${version}`,
    },
    options.observer,
  );
}
