import { Decimal } from 'decimal.js';
import { parseInstant } from '../calendar/instant.js';
import type { Message, ReportId } from '../document/records.js';
import type { Ruleset } from '../engine/index.js';
import { DataError } from '../errors.js';
import { creditPricesOf } from '../rates/rate-card.js';
import { rateCardIn } from '../rates/read-rate-card.js';
import { readWholeFile } from '../source/file.js';
import { messagePricer } from '../usage/pricing/message-pricer.js';
import { inBatches, priceMessages } from '../usage/pricing/price-messages.js';
import { createReportCache } from '../usage/pricing/reports.js';
import { type PricedMessage, settingsOf, textsOf, toPricedMessage } from './usage.js';

/** A message as upstream has it. */
export interface UnpricedMessage {
  readonly id: number | bigint;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly text: string;
  readonly reportId?: ReportId | null | undefined;
}

/** A report as upstream has it. */
export interface PricedReport {
  readonly name: string;
  /** Credits from 0: every digit of a string or a Decimal counts. */
  readonly creditCost: number | string | Decimal;
}

export interface PriceOptions {
  /** The report of an id, undefined where none exists. Called once for each id. Without it there is none. */
  readonly report?: (id: ReportId) => PricedReport | undefined | Promise<PricedReport | undefined>;
  readonly rules?: Ruleset;
  /** A file of rates. */
  readonly rates?: string;
  /** What a credit costs, every digit of a string, and its currency by ISO 4217. */
  readonly creditPrice?: number | string;
  readonly currency?: string;
}

/** Messages that wait together: few enough that the first is priced soon. */
const BATCH = 256;

/**
 * Prices messages in their order, as they come. Ids that occur twice are not looked for.
 *
 * @throws DataError naming the message or report that is wrong; SettingError, UnreadableError for `rates`;
 *   RangeError for rates with other rules than `published`; whatever `report` and `messages` throw
 */
export async function* price(
  messages: Iterable<UnpricedMessage> | AsyncIterable<UnpricedMessage>,
  { report, rules = 'published', rates, creditPrice, currency }: PriceOptions = {},
): AsyncGenerator<PricedMessage, void, undefined> {
  const { signal } = new AbortController();
  const card = rates === undefined ? undefined : rateCardIn(rates, await readWholeFile(rates, signal));
  const prices = creditPricesOf(settingsOf(textsOf({ creditPrice, currency })), card);
  const reportCache = createReportCache({
    async report(id) {
      const found = await report?.(id);
      return found && reportBytes(id, found);
    },
  });
  const pricing = { reports: reportCache, priceByText: messagePricer(rules, card) };
  for await (const items of priceMessages(inBatches(messages, BATCH, toMessage), pricing)) {
    yield* items.map((item) => toPricedMessage(item, prices));
  }
}

/** Checked here, since who calls may not be TypeScript. */
function toMessage({ id, timestamp, text, reportId }: UnpricedMessage): Message {
  if (typeof id !== 'bigint' && !Number.isSafeInteger(id)) {
    throw new DataError(`message ${String(id)}`, 'expected a safe integer or a bigint', 'id');
  }
  if (typeof timestamp !== 'string' || parseInstant(timestamp) === undefined) {
    throw new DataError(`message ${id}`, 'expected an RFC 3339 timestamp', 'timestamp');
  }
  if (typeof text !== 'string') throw new DataError(`message ${id}`, 'expected a string', 'text');
  return { id, timestamp, reportId: reportId ?? undefined, text };
}

/** The document that upstream would answer with, so that it is checked in one place. */
function reportBytes(id: ReportId, { name, creditCost }: PricedReport): Uint8Array {
  const cost = creditCost instanceof Decimal ? creditCost.toFixed() : String(creditCost);
  const shownId = typeof id === 'string' ? JSON.stringify(id) : String(id);
  return Buffer.from(`{"id":${shownId},"name":${JSON.stringify(name)},"credit_cost":${cost}}`);
}
