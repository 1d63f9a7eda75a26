import { Decimal } from 'decimal.js';
import { compareInstants, type Instant } from '../calendar/instant.js';
import { formatAmount, PUBLISHED_RATES, type Rates } from '../engine/index.js';
import { AMOUNT_RATES, FACTOR_RATES, THRESHOLDS } from '../engine/rules.js';

/** The rates of the ruleset `published` from one instant until the next entry of the card. */
export interface DatedRates {
  /** The first instant they hold. */
  readonly validFrom: Instant;
  /** The same as the file wrote it: a date, which is midnight UTC, or an RFC 3339 instant. */
  readonly written: string;
  readonly rates: Rates;
}

/** A file of rates. */
export interface RateCard {
  /** The file, as the user named it. */
  readonly name: string;
  /** SHA-256 in hex of the file's bytes. */
  readonly sha256: string;
  /** The earliest first; at least one. */
  readonly dated: readonly DatedRates[];
}

/** More entries than any price history has. */
export const MOST_ENTRIES = 10_000;

/** The rates in force at an instant; undefined before the card begins. */
export function ratesAt({ dated }: Pick<RateCard, 'dated'>, instant: Instant): DatedRates | undefined {
  return dated.findLast(({ validFrom }) => compareInstants(validFrom, instant) <= 0);
}

/** The rates without a file: those the billing team publishes, for all time. */
export const PUBLISHED_CARD: readonly DatedRates[] = [
  { validFrom: Number.NEGATIVE_INFINITY, written: '0000-01-01', rates: PUBLISHED_RATES },
];

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
  dated: readonly DatedRates[],
  tables?: Readonly<Record<string, string>>,
): string {
  const head = tables === undefined ? '' : `"tables":${JSON.stringify(tables)},\n`;
  return `{${head}"rates":[\n${dated.map(entryJson).join(',\n')}\n]}\n`;
}

function entryJson({ written, rates }: DatedRates): string {
  const members = [`"valid_from": ${JSON.stringify(written)}`, ...rateMembers(rates)];
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
