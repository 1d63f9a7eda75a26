import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { version } from '../../../package.json';
import type { Settings } from '../../config/settings.js';
import { UpstreamError } from '../../errors.js';
import { visible } from '../../format/text.js';
import { openUsage, type Usage, type UsageDeps } from '../../open-usage.js';
import type { CreditPrices } from '../../rates/money.js';
import { combineObservers, type SourceObserver } from '../../source/source.js';
import { openTracing, traceReading } from '../../telemetry/tracing.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { RowQuery } from '../../usage/rows/row-query.js';
import { type ColorOptions, colorChoice, wantsColor } from '../options/output.js';
import { type BillOptions, type FilterOptions, type PageOptions, selectionOf } from '../options/period.js';
import { type Basis, openBasis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { type Progress, startProgress } from './progress.js';

/** Milliseconds that the delivery of spans may take: a run waits for it at its end. */
const LONGEST_DELIVERY = 400;

export type PeriodOptions = BillOptions &
  FilterOptions &
  PageOptions &
  ColorOptions & {
    /** Rows go to stdout while they are read. */
    readonly stream?: true | undefined;
  };

/** The billing period that a command's options name, ready to be read. */
export interface Period extends Basis, Pick<Usage, 'sourceName' | 'read' | 'outOf' | 'close'> {
  readonly selection: RowQuery;
  /** Messages read so far and requests made again. */
  counts(): { readonly messages: number; readonly retries: number };
}

/** What a command needs of a period beside its options. */
export interface PeriodNeeds
  extends Pick<UsageDeps, 'source' | 'wrapSource' | 'readDocument' | 'textsUnread'> {
  /** Sees the rows pass; called anew for each reading of the document. */
  readonly watchRows?: (
    batches: AsyncIterable<UsageItem[]>,
    prices?: CreditPrices,
  ) => AsyncIterable<UsageItem[]>;
  /** What the bill is computed by, where that was read already: a file of rates may be a pipe. */
  readonly basis?: Basis;
  /** The id of the only message wanted. */
  readonly message?: number | bigint;
  /** What the source is called instead of its own name. */
  readonly sourceName?: string;
}

/** Checks every option and setting and opens the source; no request is made before `read`. */
export async function openPeriod(
  options: PeriodOptions,
  context: Context,
  needs: PeriodNeeds = {},
): Promise<Period> {
  const startedAt = performance.now();
  const { host, signal } = context;
  const { message, sourceName, watchRows, basis = await openBasis(options, context), ...readNeeds } = needs;
  const { duplicates = 'error', maxBody, quiet = false, verbose = false } = options;
  const { settings, card, prices } = basis;
  const selection = { ...selectionOf(options, basis.zone), ...(message !== undefined && { message }) };

  const streams = options.stream === true;
  const color = wantsColor(colorChoice(options), host.env, true);
  const progress = startProgress(context, { quiet, streams, color, retries: settings.retries });
  const retries = countRetries(context, verbose, progress);
  const tracing = await openTracing({
    env: host.env,
    version,
    timeout: LONGEST_DELIVERY,
    onFailure(reason) {
      if (verbose) host.stderr.write(`o-copilot: the trace was not delivered: ${reason}\n`);
    },
  });
  const usage = await openUsage(
    { ...settings, card, selection, duplicates, maxBody },
    {
      ...readNeeds,
      ...(watchRows !== undefined && { watchRows: (rows) => watchRows(rows, prices) }),
      env: host.env,
      stdin: host.stdin,
      signal,
      startedAt,
      observer: combineObservers(retries.observer, progress.observer, tracing?.observer ?? {}),
      onBatch: limitYoungSpace(),
    },
  );

  progress.watch(usage.progress);
  return {
    ...basis,
    selection,
    sourceName: sourceName ?? usage.sourceName,
    async read(consume) {
      try {
        const result = await traceReading(tracing, () => usage.read(consume));
        const note = usage.note();
        progress.stop();
        if (note !== undefined && !quiet) host.stderr.write(`o-copilot: ${visible(note)}\n`);
        return result;
      } catch (error) {
        if (error instanceof UpstreamError) error.advice = sourceAdvice(settings, error);
        throw error;
      } finally {
        progress.stop();
      }
    },
    outOf: usage.outOf,
    counts: () => ({ messages: usage.progress().messages, retries: retries.count() }),
    async close() {
      await usage.close();
      await tracing?.close();
    },
  };
}

/** Closes a period after it was used. */
export async function usingPeriod<Result>(
  opening: Promise<Period>,
  use: (period: Period) => Promise<Result>,
): Promise<Result> {
  const period = await opening;
  try {
    return await use(period);
  } finally {
    await period.close();
  }
}

/** Counts the requests made again, and with `--verbose` reports each on stderr. */
function countRetries({ host }: Context, verbose: boolean, progress: Progress) {
  let retries = 0;
  const observer: SourceObserver = {
    retry({ url, reason, attempt, delay }) {
      retries++;
      if (!verbose) return;
      progress.stop();
      host.stderr.write(`o-copilot: attempt ${attempt} of GET ${url}: ${reason}; again in ${delay} ms\n`);
    },
  };
  return { observer, count: () => retries };
}

/** What to do about an upstream that failed; undefined where the failure says it all. */
function sourceAdvice(
  { origins, period }: Pick<Settings, 'origins' | 'period'>,
  { reason, status, url }: UpstreamError,
): string | undefined {
  if (!/^https?:/i.test(url)) return undefined;
  const others =
    '"--source sample" needs no network, --source or O_COPILOT_SOURCE names another source, "o-copilot config" shows what is in force';
  if (/\bproxy\b/.test(reason)) {
    const proxy = 'HTTPS_PROXY and HTTP_PROXY name the proxy, NO_PROXY the hosts that are called directly';
    return origins.source === 'default' ? `${proxy}; ${others}` : proxy;
  }
  if (status === 404) {
    return `there is no document of the period ${period}: see --source and --period in "o-copilot config"`;
  }
  if (origins.source === 'default') return others;
  return origins.source === '--source' ? undefined : `the source was set in ${origins.source}`;
}

/** Bytes of V8's space for young objects, of which it fills a half before it collects. */
const ENOUGH = 8 * 1024 * 1024;
/** Batches between two looks, which take 20 µs each. */
const LOOK_EVERY = 16;

/**
 * Limits the memory of a long run to that of a short one: V8 doubles its space for young objects whenever as much as
 * fits into it has survived, however slowly, so that every run would end at 32 MiB, and as much again of the chunks
 * that garbage in it still points at. Four MiB between collections are as fast (docs/performance.md).
 *
 * The flag is read by V8 each time that it considers growing; it is the process's, so this is for the command line.
 *
 * @returns to be called with every batch of messages
 */
function limitYoungSpace(): () => void {
  let batches = 0;
  let limited = false;
  return () => {
    batches++;
    if (limited || batches % LOOK_EVERY !== 0) return;
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young === undefined || young.space_size < ENOUGH) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    limited = true;
  };
}
