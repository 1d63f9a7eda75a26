import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { version } from '../package.json';
import type { GivenAs } from './config/read-selection.js';
import type { Settings } from './config/settings.js';
import type { Message } from './document/records.js';
import { UpstreamTimeoutError } from './errors.js';
import { unreadable } from './os-error.js';
import type { RateCard } from './rates/rate-card.js';
import type { HttpSettings } from './source/http/address.js';
import type { Agents } from './source/http/agents.js';
import {
  type KnownDocument,
  type Source,
  type SourceObserver,
  startRun,
  type Validators,
} from './source/source.js';
import { type MessagePricer, messagePricer } from './usage/pricing/message-pricer.js';
import type { DuplicateRule, UsageItem } from './usage/pricing/priced-row.js';
import { createReportCache } from './usage/pricing/reports.js';
import { readUsage, selectMessages, type UsageRequest } from './usage/rows/read-usage.js';
import { checkReportFilter, narrows, type ReportFilterCheck, type RowQuery } from './usage/rows/row-query.js';

export interface UsageSettings extends SourceSettings {
  /** Rates in place of the published ones. */
  readonly card: RateCard | undefined;
  readonly duplicates: DuplicateRule;
  readonly selection: RowQuery;
}

export interface UsageDeps extends SourceDeps {
  /** Read instead of the source that the settings name. */
  readonly source?: Source;
  /** Makes what to read through instead of the source itself, such as a recorder. */
  readonly wrapSource?: (source: Source) => Source;
  /** Reads the document, where it is no messages document. */
  readonly readDocument?: UsageRequest['readDocument'];
  /** Sees the rows pass; called anew for each reading of the document. */
  readonly watchRows?: (batches: AsyncIterable<UsageItem[]>) => AsyncIterable<UsageItem[]>;
  /** Nobody will read the texts of the rows: less memory is used for those that wait for a slow report. */
  readonly textsUnread?: boolean;
  /** Makes the error for a part of the selection that the data shows to be wrong. */
  readonly refuse?: GivenAs['refuse'];
  /** Called with the number of messages of each batch. */
  readonly onBatch?: (messages: number) => void;
}

/** A billing period, ready to be read. */
export interface Usage {
  /** Fit to be shown. */
  readonly sourceName: string;
  /**
   * Hands the selected rows to `consume`, in batches. When the messages document has to be read again it calls
   * `consume` again with the rows from the first on, so `consume` starts afresh at every call.
   */
  read<Result>(consume: (batches: AsyncIterable<UsageItem[]>) => Promise<Result>): Promise<Result>;
  /**
   * As `read`, for who prices the messages later: by `priceByText` those that no `report` prices. `consume` is not called
   * where the document is still the one that is `known`.
   */
  readMessages<Result>(
    consume: (batches: AsyncIterable<Message[]>, validators: Validators) => Promise<Result>,
    known?: KnownDocument<Result>,
  ): Promise<Result>;
  readonly priceByText: MessagePricer;
  readonly report: Source['report'];
  /** Messages of the period where the selected rows may be fewer; undefined where they are all. Valid after reading. */
  outOf(): number | undefined;
  /** Messages read so far, reports answered, and reports being waited for. */
  progress(): { readonly messages: number; readonly answered: number; readonly waiting: number };
  /** What to tell a user of the selection, such as that no message has the report. Valid after reading. */
  note(): string | undefined;
  close(): Promise<void>;
}

/**
 * Assembles source, reports, pricer and row query: the one way from settings to priced rows. No request is made
 * before `read`.
 *
 * @throws UnreadableError; RangeError for a card with other rules than `published`
 */
export async function openUsage(settings: UsageSettings, deps: UsageDeps): Promise<Usage> {
  const { rules, card, duplicates, selection } = settings;
  const {
    wrapSource = (source) => source,
    watchRows = (rows) => rows,
    readDocument,
    textsUnread,
    onBatch,
  } = deps;
  const priceByText = messagePricer(rules, card);
  const source = wrapSource(deps.source ?? (await openSource(settings, deps)));
  const reports = createReportCache(source);
  let messages = 0;
  let filterCheck: ReportFilterCheck | undefined;
  const request = {
    reports,
    priceByText,
    duplicates,
    selection,
    readDocument,
    textsUnread,
    onRead(more: number) {
      messages += more;
      onBatch?.(more);
    },
  };
  return {
    sourceName: source.name,
    read: (consume) =>
      source.messages((bytes) => {
        messages = 0;
        filterCheck = selection.report && checkReportFilter(selection.report, deps.refuse);
        return consume(watchRows(readUsage(bytes, { ...request, filterCheck })));
      }),
    readMessages: (consume, known) =>
      source.messages((bytes, validators = {}) => {
        messages = 0;
        return consume(selectMessages(bytes, request), validators);
      }, known),
    priceByText,
    report: (id) => source.report(id),
    outOf: () => (narrows(selection) ? messages : undefined),
    progress: () => ({ messages, ...reports.progress() }),
    note: () => filterCheck?.note(),
    close: () => source.close(),
  };
}

/** Bytes of a messages document where nobody says: 4 GiB. */
const DEFAULT_MAX_BODY = 4 * 1024 ** 3;

export interface SourceSettings extends Settings {
  /** Most bytes of the messages document, decompressed. */
  readonly maxBody?: number | undefined;
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
  if (where === 'sample') return (await import('./source/sample.js')).sampleSource();
  if (/^https?:\/\//i.test(where)) {
    const { httpSource } = await import('./source/http/http-source.js');
    return httpSource(httpSettings(settings, deps), deps.observer ?? {}, deps.pool);
  }
  const name = where === '-' ? 'stdin' : where;
  // A pipe that nobody closes must not hang a job.
  const { signal } = startRun({ ...settings, ...deps }, (problem) => new UpstreamTimeoutError(name, problem));
  const { fileSource, openInput } = await import('./source/file.js');
  if (where === '-') return fileSource(await openInput(where, deps.stdin, signal), '.');
  const found = await stat(where).catch(unreadable(where));
  if (found.isDirectory()) {
    return (await import('./source/snapshot.js')).snapshotSource(where, signal);
  }
  return fileSource(await openInput(where, deps.stdin, signal), dirname(where));
}

/** What requests to an upstream need. */
export function httpSettings(settings: SourceSettings, deps: SourceDeps): HttpSettings {
  return {
    ...settings,
    ...deps,
    base: new URL(settings.source),
    maxBody: settings.maxBody ?? DEFAULT_MAX_BODY,
    tokenOrigin: settings.origins.token,
    userAgent: `o-copilot/${version}`,
  };
}
