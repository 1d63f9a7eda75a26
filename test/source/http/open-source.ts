import { onTestFinished } from 'vitest';
import type { HttpSettings } from '../../../src/source/http/address.js';
import { httpSource } from '../../../src/source/http/http-source.js';
import type { ExchangeStart, Source, SourceObserver } from '../../../src/source/source.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../../upstream.js';

export const MESSAGES = '/messages/current-period';

export interface Seen {
  readonly retries: Parameters<NonNullable<SourceObserver['retry']>>[0][];
  readonly exchanges: (ExchangeStart & { readonly outcome: string; readonly milliseconds: number })[];
}

/** A source with short patience, closed when the test ends, and what its observer saw. */
export function openSource(
  base: string,
  settings: Partial<HttpSettings> = {},
): { source: Source; seen: Seen } {
  const seen: Seen = { retries: [], exchanges: [] };
  const source = httpSource(
    {
      base: new URL(base),
      period: 'current-period',
      connectTimeout: 5000,
      readTimeout: 5000,
      startedAt: performance.now(),
      retries: 3,
      concurrency: 8,
      maxBody: 2 ** 32,
      env: {},
      userAgent: 'o-copilot/test',
      ...settings,
    },
    {
      retry: (event) => seen.retries.push(event),
      exchange: (start) => ({
        end: (outcome, milliseconds) => seen.exchanges.push({ ...start, outcome, milliseconds }),
      }),
    },
  );
  onTestFinished(() => source.close());
  return { source, seen };
}

/** An upstream that is closed when the test ends. */
export async function openUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = await startUpstream(options);
  onTestFinished(() => upstream.close());
  return upstream;
}

export async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The error that a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError(`not an Error: ${String(error)}`);
  }
  throw new Error('it did not fail');
}
