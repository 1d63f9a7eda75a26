import { version } from '../../package.json';
import { openTimeZone, type TimeZone } from '../calendar/time-zone.js';
import type { Settings } from '../config/settings.js';
import { openUsage, type UsageDeps } from '../core/open-usage.js';
import { UpstreamError } from '../errors.js';
import { visible } from '../format/text.js';
import type { RateCard } from '../rates/rate-card.js';
import { combineObservers } from '../source/source.js';
import { openTracing, traceWork } from '../telemetry/tracing.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import type { RowQuery } from '../usage/rows/row-query.js';
import { holdYoungSpace } from './hold-young-space.js';
import type { Run } from './host.js';
import { observeSource } from './observe-source.js';
import { rateCardFrom } from './options/rates-option.js';
import { runChoiceFrom } from './options/run-options.js';
import { selectionFrom } from './options/selection-options.js';
import { type RawFlags, settingsFrom } from './options/setting-options.js';
import { startProgress } from './progress.js';
import { sourceHint } from './source-hint.js';

/** Milliseconds that the delivery of spans may take: a run waits for it at its end. */
const LONGEST_DELIVERY = 400;

/** The billing period that a command's flags name, ready to be read. */
export interface Period {
  readonly settings: Settings;
  readonly zone: TimeZone;
  readonly selection: RowQuery;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** Where the data comes from, fit to be shown. */
  readonly sourceName: string;
  /**
   * Hands the chosen rows to `consume`, in batches. When the messages document has to be read again it calls
   * `consume` again with the rows from the first on, so `consume` starts afresh at every call.
   */
  read<Result>(consume: (batches: AsyncIterable<UsageItem[]>) => Promise<Result>): Promise<Result>;
  /** Messages of the period where the rows chosen may be fewer; undefined where they are all. Ask after reading. */
  outOf(): number | undefined;
  /** Messages read so far and requests made again. */
  counts(): { readonly messages: number; readonly retries: number };
  close(): Promise<void>;
}

/** What a command needs of a period beside its flags. */
export interface PeriodOptions
  extends Pick<UsageDeps, 'source' | 'wrapSource' | 'readDocument' | 'watchRows' | 'textsUnread'> {
  /** The id of the only message wanted. */
  readonly message?: number | bigint;
  /** What the source is called instead of its own name. */
  readonly sourceName?: string;
}

/**
 * Checks every flag and setting and opens the source; no request is made before `read`.
 *
 * @throws CommandLineError, SettingError, UnreadableError
 */
export async function openPeriod(flags: RawFlags, run: Run, options: PeriodOptions = {}): Promise<Period> {
  const startedAt = performance.now();
  const { message, sourceName, ...readOptions } = options;
  const choice = runChoiceFrom(flags);
  const settings = await settingsFrom(flags, run.host);
  const zone = openTimeZone(settings.timezone);
  const card = await rateCardFrom(flags, settings.rules);
  const selection = { ...selectionFrom(flags, zone), ...(message !== undefined && { message }) };

  const progress = startProgress(run, {
    quiet: choice.quiet,
    streams: flags.stream === true,
    retries: settings.retries,
  });
  const observed = observeSource(run, choice, progress);
  const tracing = await openTracing({
    env: run.host.env,
    version,
    timeout: LONGEST_DELIVERY,
    onFailure(reason) {
      if (choice.verbose) run.host.stderr.write(`o-copilot: the trace was not delivered: ${reason}\n`);
    },
  });
  const observer = combineObservers(observed, progress.observer, tracing?.observer ?? {});
  const usage = await openUsage(
    { ...settings, card, selection, duplicates: choice.duplicates, maxBody: choice.maxBody },
    {
      ...readOptions,
      env: run.host.env,
      stdin: run.host.stdin,
      signal: run.signal,
      startedAt,
      observer,
      onBatch: holdYoungSpace(),
    },
  );

  progress.watch(usage.progress);
  return {
    settings,
    zone,
    selection,
    card,
    sourceName: sourceName ?? usage.sourceName,
    async read(consume) {
      try {
        const result = await traceWork(tracing, 'read period', () => usage.read(consume));
        const note = usage.note();
        progress.stop();
        if (note !== undefined && !choice.quiet) run.host.stderr.write(`o-copilot: ${visible(note)}\n`);
        return result;
      } catch (error) {
        if (error instanceof UpstreamError) error.advice = sourceHint(settings, error);
        throw error;
      } finally {
        progress.stop();
      }
    },
    outOf: usage.outOf,
    counts: () => ({ messages: usage.progress().messages, retries: observed.retries() }),
    async close() {
      await usage.close();
      await tracing?.close();
    },
  };
}
