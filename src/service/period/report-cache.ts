import { readReport } from '../../source/document/report-document.js';
import type { ReportId } from '../../source/message.js';
import type { Source } from '../../source/source.js';
import { singleFlight } from '../single-flight.js';

/** Keeps texts for a while. It may forget at any time, and never throws. */
export interface TextCache {
  get(key: string): Promise<string | undefined>;
  /** @param ttl milliseconds */
  set(key: string, text: string, ttl: number): Promise<void>;
}

export interface ReportCacheOptions {
  readonly cache: TextCache;
  /** Milliseconds. */
  readonly ttl: number;
  /** Goes into every key, so that services with different upstreams may share a cache. */
  readonly namespace: string;
  onLookup?(outcome: 'hit' | 'miss'): void;
}

/** Milliseconds that a report is believed not to exist: it may be about to. */
const LONGEST_MISSING = 30_000;

const MISSING = 'missing';
const FOUND = 'found:';

/**
 * Reports shared by all requests. Only what upstream said of a report in full is kept: bytes that read as that
 * report, or that it does not exist. A failure is told to all who wait for it, and not kept.
 */
export function createReportCache({ cache, ttl, namespace, onLookup }: ReportCacheOptions) {
  const flight = singleFlight<Uint8Array | undefined>();

  async function fetch(source: Pick<Source, 'report'>, id: ReportId, key: string) {
    const bytes = await source.report(id);
    if (bytes === undefined) {
      await cache.set(key, MISSING, Math.min(ttl, LONGEST_MISSING));
      return undefined;
    }
    readReport(bytes, id);
    await cache.set(key, FOUND + Buffer.from(bytes).toString('base64'), ttl);
    return bytes;
  }

  return {
    /** `source` with the cache before it. */
    before: (source: Pick<Source, 'report'>): Pick<Source, 'report'> => ({
      async report(id) {
        const key = `${namespace}:${String(id)}`;
        const kept = await cache.get(key);
        const known = kept === undefined ? undefined : readKept(kept);
        onLookup?.(known === undefined ? 'miss' : 'hit');
        return known === undefined ? flight(key, () => fetch(source, id, key)) : known.bytes;
      },
    }),
  };
}

export type ReportCache = ReturnType<typeof createReportCache>;

/** Undefined for anything that was not written here. */
function readKept(text: string): { readonly bytes: Uint8Array | undefined } | undefined {
  if (text === MISSING) return { bytes: undefined };
  return text.startsWith(FOUND) ? { bytes: Buffer.from(text.slice(FOUND.length), 'base64') } : undefined;
}
