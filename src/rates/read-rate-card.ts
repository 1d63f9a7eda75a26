import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Decimal } from 'decimal.js';
import { compareInstants, parseInstant } from '../calendar/instant.js';
import {
  type Amount,
  checkRates,
  parseAmount,
  type Rates,
  type Thresholds,
  toDecimal,
} from '../engine/index.js';
import { leastOf } from '../engine/rates.js';
import { AMOUNT_RATES, FACTOR_RATES, recordOf, THRESHOLDS } from '../engine/rules.js';
import { SettingError, UnreadableError } from '../errors.js';
import { exactInteger, expected, membersOf, numberText, parseExactJson } from '../json/exact-json.js';
import { reasonOf } from '../os-error.js';
import { type CreditPrice, CURRENCIES, parseCreditPrice } from './money.js';
import { type DatedRates, MOST_ENTRIES, type RateCard, rateKey } from './rate-card.js';

/** @throws UnreadableError; SettingError for a file that is no rate card */
export async function openRateCard(path: string): Promise<RateCard> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: path, sha256, ...readRateCard(decode(bytes, path), path) };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SettingError(path, 'is not UTF-8');
  }
}

const ENTRY_KEYS = [
  'valid_from',
  ...[...AMOUNT_RATES, ...FACTOR_RATES].map(({ name }) => rateKey(name)),
  'thresholds',
];
/** Has no default either: every entry has it where the card has a currency, else none. */
const PRICE_KEY = 'credit_price';

/**
 * Reads `{"rates":[{"valid_from":"2024-01-01",…},…]}`, as schema/rates.schema.json describes it. `tables`, which
 * `rates --json` writes, names the data that prices were made with and changes none. Nothing else has a
 * default and an unknown key is refused, since a rate that is misspelt would be a wrong bill.
 *
 * @param file what errors call it
 * @throws SettingError that names the place in the file
 */
export function readRateCard(json: string, file: string): Pick<RateCard, 'dated' | 'currency'> {
  const members = objectAt(parse(json, file), ['$schema', 'tables', 'currency', 'rates'], { file, path: '' });
  const tables = members.get('tables');
  if (tables !== undefined) objectAt(tables, ['unicode', 'tz'], { file, path: 'tables' });
  const currency = currencyAt(members.get('currency'), { file, path: 'currency' });
  const entries = members.get('rates');
  const place = { file, path: 'rates' };
  if (!Array.isArray(entries)) throw refuse(place, expected('an array', entries));
  if (entries.length === 0) throw refuse(place, 'is empty');
  if (entries.length > MOST_ENTRIES) throw refuse(place, `has more than ${MOST_ENTRIES} entries`);
  const dated = entries.map((entry, index) => readEntry(entry, currency, { file, path: `rates[${index}]` }));
  for (const [index, { validFrom, written }] of dated.entries()) {
    const before = dated[index - 1];
    if (before === undefined || compareInstants(before.validFrom, validFrom) < 0) continue;
    throw refuse(
      { file, path: `rates[${index}].valid_from` },
      `${written} must be later than ${before.written}, the entry before it`,
    );
  }
  return { dated, currency };
}

function parse(json: string, file: string): unknown {
  try {
    return parseExactJson(json);
  } catch (error) {
    // Nesting without end exhausts the stack of the parser.
    if (error instanceof RangeError) throw new SettingError(file, 'is not valid JSON: nests too deep');
    if (!(error instanceof SyntaxError)) throw error;
    throw new SettingError(file, `is not valid JSON: ${error.message}`);
  }
}

function readEntry(entry: unknown, currency: string | undefined, place: Place): DatedRates {
  const members = objectAt(entry, [...ENTRY_KEYS, PRICE_KEY], place);
  const written = members.get('valid_from');
  const from = inside(place, 'valid_from');
  if (typeof written !== 'string') throw refuse(from, expected('a date', written));
  // A price must not depend on where its reader lives: a date is midnight UTC in every --timezone.
  const validFrom = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written);
  if (validFrom === undefined) {
    const shown = JSON.stringify(written.slice(0, 40));
    throw refuse(from, `expected a date such as 2024-04-29 or an RFC 3339 instant, got ${shown}`);
  }
  const creditPrice = priceAt(members.get(PRICE_KEY), currency, inside(place, PRICE_KEY));
  return { validFrom, written, rates: readRates(members, place), creditPrice };
}

function currencyAt(value: unknown, place: Place): string | undefined {
  if (value === undefined) return undefined;
  const currency = CURRENCIES.find((code) => code === value);
  if (currency === undefined) throw refuse(place, expected('a currency of ISO 4217 such as "GBP"', value));
  return currency;
}

function priceAt(value: unknown, currency: string | undefined, place: Place): CreditPrice | undefined {
  if (currency === undefined) {
    if (value === undefined) return undefined;
    throw refuse(place, 'needs the currency of the card: a member "currency" beside "rates", such as "GBP"');
  }
  const text = typeof value === 'string' ? value : numberText(value);
  const price = text === undefined ? undefined : parseCreditPrice(text);
  if (price !== undefined) return price;
  throw refuse(place, expected(`the price of a credit in ${currency}, a number above 0`, value));
}

/** Reads the rates of one entry. @throws SettingError that names the place of what is wrong */
function readRates(members: Members, place: Place): Rates {
  const member = (name: string): [value: unknown, place: Place] => {
    const key = rateKey(name);
    return [members.get(key), inside(place, key)];
  };
  const rates: Rates = {
    ...recordOf(AMOUNT_RATES, ({ name }) => amountAt(...member(name))),
    ...recordOf(FACTOR_RATES, ({ name }) => factorAt(...member(name))),
    thresholds: thresholdsAt(...member('thresholds')),
  };
  try {
    checkRates(rates);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refuse(place, error.message);
  }
  return rates;
}

/** Credits, as a JSON number or as a string of one: either is read digit by digit. */
function amountAt(value: unknown, place: Place): Amount {
  const text = typeof value === 'string' ? value : numberText(value);
  const amount = text === undefined ? undefined : parseAmount(text);
  if (amount === undefined) throw refuse(place, expected('credits, a number that is not negative', value));
  return amount;
}

function factorAt(value: unknown, place: Place): number | Decimal {
  const factor = toDecimal(amountAt(value, place));
  if (factor.lt(1)) throw refuse(place, `expected a number of at least 1, got ${factor.toFixed()}`);
  return factor.isInteger() && factor.lte(Number.MAX_SAFE_INTEGER) ? factor.toNumber() : factor;
}

function thresholdsAt(value: unknown, place: Place): Rates['thresholds'] {
  const keys = THRESHOLDS.map(({ name }) => rateKey(name));
  const members = objectAt(value, keys, place);
  const read: Partial<Record<keyof Thresholds, number>> = {};
  return recordOf(THRESHOLDS, (threshold) => {
    const key = rateKey(threshold.name);
    const least = leastOf(threshold, read);
    const number = exactInteger(members.get(key));
    if (typeof number !== 'number' || number < least) {
      throw refuse(inside(place, key), expected(`a whole number of at least ${least}`, members.get(key)));
    }
    read[threshold.name] = number;
    return number;
  });
}

type Members = Map<string, unknown>;

/** The path of a value in the file, for errors: `rates[1].base`. */
interface Place {
  readonly file: string;
  readonly path: string;
}

/** The error for what is wrong there. */
const refuse = ({ file, path }: Place, problem: string) =>
  new SettingError(file, path === '' ? problem : `${path}: ${problem}`);

/** The place of a member. */
const inside = ({ file, path }: Place, key: string): Place => ({
  file,
  path: path === '' ? key : `${path}.${key}`,
});

/** The members of an object that has no other keys than these. @throws SettingError */
function objectAt(value: unknown, keys: readonly string[], place: Place): Members {
  const members = membersOf(value);
  if (members === undefined) throw refuse(place, expected('an object', value));
  for (const key of members.keys()) {
    if (!keys.includes(key)) throw refuse(inside(place, key), `no such key; the keys are ${keys.join(', ')}`);
  }
  return members;
}
