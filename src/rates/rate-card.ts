import { Decimal } from 'decimal.js';
import { compareInstants, type Instant, instantOf } from '../calendar/instant.js';
import { formatAmount, PUBLISHED_RATES, type Rates } from '../engine/index.js';
import { AMOUNT_RATES, FACTOR_RATES, THRESHOLDS } from '../engine/rules.js';
import { DataError } from '../errors.js';
import { type CreditPrice, type CreditPrices, type DatedMessage, fixedPrice, formatCost } from './money.js';

/** The rates of the ruleset `published` from one instant until the next entry of the card. */
export interface DatedRates {
  /** The first instant they hold. */
  readonly validFrom: Instant;
  /** The same as the file wrote it: a date, which is midnight UTC, or an RFC 3339 instant. */
  readonly written: string;
  readonly rates: Rates;
  /** What a credit costs; every entry of a card has it, or none. */
  readonly creditPrice?: CreditPrice | undefined;
}

export interface RateCard {
  /** The file, as the user named it. */
  readonly name: string;
  /** SHA-256 in hex of the file's bytes. */
  readonly sha256: string;
  /** Of the prices of a credit; undefined where the card has none. */
  readonly currency?: string | undefined;
  /** The earliest first; at least one. */
  readonly dated: readonly DatedRates[];
}

/** More entries than any price history has. */
export const MOST_ENTRIES = 10_000;

/** The rates in force at an instant; undefined before the card begins. */
export function ratesAt({ dated }: Pick<RateCard, 'dated'>, instant: Instant): DatedRates | undefined {
  return dated.findLast(({ validFrom }) => compareInstants(validFrom, instant) <= 0);
}

/** The rates in force when the message was sent. @throws DataError when the card begins later */
export function datedRatesOf({ id, timestamp }: DatedMessage, card: RateCard): DatedRates {
  const found = ratesAt(card, instantOf(timestamp));
  if (found !== undefined) return found;
  throw new DataError(
    `message ${id}`,
    `${timestamp} is before ${card.dated[0]?.written}, when the first rates of ${card.name} begin`,
    'timestamp',
  );
}

interface PriceSettings {
  readonly creditPrice: CreditPrice | undefined;
  readonly currency: string | undefined;
  refuse(name: 'creditPrice', problem: string): Error;
}

/**
 * What a credit costs by the settings or by the rate card; undefined where neither has a price.
 *
 * @throws what `refuse` makes where both have one: neither is more right than the other, and to choose silently would
 *   be a wrong invoice
 */
export function creditPricesOf(
  { creditPrice, currency, refuse }: PriceSettings,
  card: RateCard | undefined,
): CreditPrices | undefined {
  const fixed = creditPrice && currency !== undefined ? fixedPrice(creditPrice, currency) : undefined;
  if (card?.currency === undefined) return fixed;
  if (fixed !== undefined) {
    const problem = `${card.name} has prices of its own (credit_price): use either this setting, or the prices of the file`;
    throw refuse('creditPrice', problem);
  }
  return {
    currency: card.currency,
    fixed: undefined,
    priceOf(message) {
      const { creditPrice } = datedRatesOf(message, card);
      if (creditPrice === undefined) throw new Error('a card with a currency and without a price');
      return creditPrice;
    },
  };
}

/** The rates without a file: those the billing team publishes, for all time. */
export const PUBLISHED_CARD: Pick<RateCard, 'name' | 'dated' | 'currency'> = {
  name: 'published',
  dated: [{ validFrom: Number.NEGATIVE_INFINITY, written: '0000-01-01', rates: PUBLISHED_RATES }],
};

/** The key of a rate or a threshold in a file: `short_word` for `shortWord`. */
export function rateKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * A file of rates, which `readRateCard` reads back to the same rates.
 *
 * @param tables the versions of the data they were in force with, for the reader to know
 */
export function writeRateCard(
  { dated, currency }: Pick<RateCard, 'dated' | 'currency'>,
  tables?: Readonly<Record<string, string>>,
): string {
  const head = JSON.stringify({ tables, currency }).slice(1, -1);
  return `{${head}${head === '' ? '' : ',\n'}"rates":[\n${dated.map(entryJson).join(',\n')}\n]}\n`;
}

function entryJson({ written, rates, creditPrice }: DatedRates): string {
  const members = [`"valid_from": ${JSON.stringify(written)}`, ...rateMembers(rates)];
  if (creditPrice !== undefined) members.push(`"credit_price": ${formatCost(creditPrice)}`);
  return `  {\n    ${members.join(',\n    ')}\n  }`;
}

function rateMembers({ thresholds, ...rates }: Rates): string[] {
  const lengths = THRESHOLDS.map(({ name }) => `"${rateKey(name)}": ${thresholds[name]}`);
  return [
    ...AMOUNT_RATES.map(({ name }) => `"${rateKey(name)}": ${formatAmount(rates[name])}`),
    ...FACTOR_RATES.map(({ name }) => `"${rateKey(name)}": ${new Decimal(rates[name]).toFixed()}`),
    `"thresholds": { ${lengths.join(', ')} }`,
  ];
}
