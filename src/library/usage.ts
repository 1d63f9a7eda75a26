import type { Decimal } from 'decimal.js';
import { openTimeZone } from '../calendar/time-zone.js';
import { type GivenAs, readSelection } from '../config/read-selection.js';
import { resolveSettings, type Settings } from '../config/settings.js';
import type { ReportId } from '../document/records.js';
import { type Ruleset, toDecimal } from '../engine/index.js';
import { CommandLineError, UpstreamError } from '../errors.js';
import { openUsage } from '../open-usage.js';
import { type CreditPrices, costOf } from '../rates/money.js';
import { creditPricesOf } from '../rates/rate-card.js';
import { rateCardIn } from '../rates/read-rate-card.js';
import { readWholeFile } from '../source/file.js';
import { type DuplicateRule, type Kind, kindOf, type UsageItem } from '../usage/pricing/priced-row.js';
import type { SortOrder } from '../usage/rows/row-query.js';

/** As the flags of the command line; nothing is read from the environment but the proxy's variables. */
export interface UsageOptions {
  /** An http(s) base URL, a messages file, a snapshot's folder, `-` for stdin, or `sample`. */
  readonly source?: string;
  readonly period?: string;
  /** Sent as a bearer token to the source's own origin. */
  readonly token?: string;
  readonly rules?: Ruleset;
  /** A file of rates. */
  readonly rates?: string;
  /** What a credit costs, every digit of a string, and its currency by ISO 4217. */
  readonly creditPrice?: number | string;
  readonly currency?: string;
  readonly duplicates?: DuplicateRule;
  /** Dates or RFC 3339 instants, in `timezone`. */
  readonly since?: string;
  readonly until?: string;
  readonly timezone?: string;
  /** A report's id or name. */
  readonly report?: string;
  readonly kind?: Kind;
  readonly sort?: SortOrder['field'];
  readonly desc?: boolean;
  readonly limit?: number;
  readonly offset?: number;
  readonly retries?: number;
  readonly concurrency?: number;
  /** Durations such as `500ms`, `10s`, `2m`. */
  readonly connectTimeout?: string;
  readonly readTimeout?: string;
  readonly deadline?: string;
  /** Most bytes of the messages document, decompressed: 4 GiB unless said. */
  readonly maxBody?: number;
  /** Ends the reading; the iteration throws its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The messages of a period with what they cost, as they are priced. Only an iteration that ends without an error
 * was a whole bill: the last message may be the one that is wrong.
 *
 * @throws CommandLineError naming the parameter that is wrong; otherwise as the command line does. UpstreamError where
 *   the document had to be read again after messages were given out
 */
export async function* usage(options: UsageOptions = {}): AsyncGenerator<PricedMessage, void, undefined> {
  for await (const messages of handOver<PricedMessage[]>((give) => readPeriod(options, give))) {
    yield* messages;
  }
}

const AS_PARAMETERS: GivenAs = {
  show: (name) => name,
  refuse: (name, problem) => new CommandLineError(`${name}: ${problem}`),
};

async function readPeriod(
  options: UsageOptions,
  give: (messages: PricedMessage[]) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const { token, rates, duplicates = 'error', maxBody, signal = new AbortController().signal } = options;
  const given = textsOf(options);
  const settings = settingsOf(given, token);
  const zone = openTimeZone(settings.timezone);
  const selection = readSelection({ ...given, desc: options.desc }, zone, AS_PARAMETERS);
  const card = rates === undefined ? undefined : rateCardIn(rates, await readWholeFile(rates, signal));
  const prices = creditPricesOf(settings, card);
  const period = await openUsage(
    { ...settings, card, duplicates, selection, maxBody },
    {
      env: process.env,
      stdin: process.stdin,
      signal,
      startedAt,
      textsUnread: true,
      refuse: AS_PARAMETERS.refuse,
    },
  );
  let delivered = false;
  try {
    await period.read(async (batches) => {
      if (delivered) {
        throw new UpstreamError(period.sourceName, 'had to be read again after messages were given out');
      }
      for await (const items of batches) {
        signal.throwIfAborted();
        delivered = true;
        await give(items.map((item) => toPricedMessage(item, prices)));
      }
    });
  } finally {
    await period.close();
  }
}

/** The settings that parameters give. @throws CommandLineError that names the parameter */
export function settingsOf(flags: Readonly<Record<string, string>>, token?: string): Settings {
  return resolveSettings({
    flags,
    environment: token === undefined ? {} : { O_COPILOT_TOKEN: token },
    envFile: new Map(),
    flagName: (name) => name,
  });
}

/** As the parsers of the settings and of the selection take them. */
export function textsOf(options: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, `${value}`]] : [],
    ),
  );
}

/**
 * Turns a producer that is given a function to call into something that is iterated. The producer waits until
 * each piece is taken; when the iteration ends early, its next call throws.
 */
async function* handOver<Piece>(
  produce: (give: (piece: Piece) => Promise<void>) => Promise<void>,
): AsyncGenerator<Piece> {
  const { readable, writable } = new TransformStream<Piece, Piece>();
  const writer = writable.getWriter();
  const ended = produce((piece) => writer.write(piece)).then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  // An iteration that ends early makes both fail, and has nobody to tell.
  ended.catch(() => {});
  yield* readable;
}

/** A message and what it costs. */
export interface PricedMessage {
  /** A bigint where a number could not carry it exactly. */
  readonly messageId: number | bigint;
  /** RFC 3339, exactly as upstream sent it. */
  readonly timestamp: string;
  readonly reportId: ReportId | undefined;
  /** The report that priced it; undefined where the text did. */
  readonly reportName: string | undefined;
  readonly kind: Kind;
  /** Credits, exact: add them with `plus`, print them with `toFixed()`. */
  readonly credits: Decimal;
  /** In money, exact, and in which; undefined where a credit has no price. */
  readonly cost: Decimal | undefined;
  readonly currency: string | undefined;
}

/** @param prices what a credit costs, where it has a price */
export function toPricedMessage(item: UsageItem, prices: CreditPrices | undefined): PricedMessage {
  const { id, timestamp, reportId } = item.message;
  return {
    messageId: id,
    timestamp,
    reportId,
    reportName: item.report?.name,
    kind: kindOf(item),
    credits: toDecimal(item.credits),
    cost: prices && costOf(item.credits, prices.priceOf(item.message)),
    currency: prices?.currency,
  };
}
