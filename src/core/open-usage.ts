import type { GivenAs } from '../config/read-selection.js';
import type { Settings } from '../config/settings.js';
import type { Message } from '../document/records.js';
import type { Ruleset } from '../engine/index.js';
import { type CreditPrices, fixedPrice } from '../rates/money.js';
import { pricesOfCard, type RateCard } from '../rates/rate-card.js';
import type { Source, Validators } from '../source/source.js';
import { type MessagePricer, messagePricer } from '../usage/pricing/message-pricer.js';
import type { DuplicateRule, UsageItem } from '../usage/pricing/priced-row.js';
import { createReportCache } from '../usage/pricing/reports.js';
import { readUsage, selectMessages, type UsageRequest } from '../usage/rows/read-usage.js';
import {
  checkReportFilter,
  narrows,
  type ReportFilterCheck,
  type RowQuery,
} from '../usage/rows/row-query.js';
import { openSource, type SourceDeps, type SourceSettings } from './open-source.js';

export interface UsageSettings extends SourceSettings {
  readonly rules: Ruleset;
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
   * where the document is still the one that `known` came with.
   */
  readMessages<Result>(
    known: Validators,
    consume: (batches: AsyncIterable<Message[]>, validators: Validators) => Promise<Result>,
  ): Promise<{ readonly changed: Result } | 'unchanged'>;
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
    async readMessages(known, consume) {
      const read = (bytes: AsyncIterable<Uint8Array>, validators: Validators) => {
        messages = 0;
        return consume(selectMessages(bytes, request), validators);
      };
      const answer = source.messagesIfChanged?.(known, read);
      return answer ?? { changed: await source.messages((bytes) => read(bytes, {})) };
    },
    priceByText,
    report: (id) => source.report(id),
    outOf: () => (narrows(selection) ? messages : undefined),
    progress: () => ({ messages, ...reports.progress() }),
    note: () => filterCheck?.note(),
    close: () => source.close(),
  };
}

/**
 * What a credit costs by the settings or by the rate card; undefined where neither has a price.
 *
 * @throws CommandLineError, SettingError where both have one: neither is more right than the other, and to choose
 *   silently would be a wrong invoice
 */
export function creditPricesOf(
  { creditPrice, currency, refuse }: Pick<Settings, 'creditPrice' | 'currency' | 'refuse'>,
  card: RateCard | undefined,
): CreditPrices | undefined {
  const dated = pricesOfCard(card);
  if (creditPrice === undefined || currency === undefined) return dated;
  if (dated === undefined) return fixedPrice(creditPrice, currency);
  throw refuse(
    'creditPrice',
    `${card?.name} has prices of its own (credit_price): use either this setting, or the prices of the file`,
  );
}
