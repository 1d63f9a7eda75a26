import { createHash } from 'node:crypto';
import { compareInstants, parseInstant } from '../calendar/instant.js';
import { checkRates, parseAmount, type Rates, type Thresholds, toDecimal } from '../engine/index.js';
import { leastOf } from '../engine/rates.js';
import { AMOUNT_RATES, FACTOR_RATES, recordOf, THRESHOLDS } from '../engine/rules.js';
import { SettingError } from '../errors.js';
import { type ObjectReader, type Refuse, readDocument } from '../json/object-reader.js';
import { type CreditPrice, CURRENCIES, parseCreditPrice } from './money.js';
import { type DatedRates, MOST_ENTRIES, type RateCard, rateKey } from './rate-card.js';

/** @throws SettingError for a file that is no rate card */
export function rateCardIn(path: string, bytes: Uint8Array): RateCard {
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
  const card = readDocument(json, file, refuseSetting).only(['$schema', 'tables', 'currency', 'rates']);
  if (card.members.has('tables')) card.object('tables').only(['unicode', 'tz']);
  const currency = card.members.has('currency')
    ? card.choice('currency', CURRENCIES, 'a currency of ISO 4217 such as "GBP"')
    : undefined;
  const entries = card.objects('rates');
  if (entries.length === 0) throw card.refuse('is empty', 'rates');
  if (entries.length > MOST_ENTRIES) throw card.refuse(`has more than ${MOST_ENTRIES} entries`, 'rates');
  const dated = entries.map((entry) => readEntry(entry.only([...ENTRY_KEYS, PRICE_KEY]), currency));
  for (const [index, { validFrom, written }] of dated.entries()) {
    const before = dated[index - 1];
    if (before === undefined || compareInstants(before.validFrom, validFrom) < 0) continue;
    throw card.refuse(
      `${written} must be later than ${before.written}, the entry before it`,
      `rates[${index}].valid_from`,
    );
  }
  return { dated, currency };
}

const refuseSetting: Refuse = (file, problem, path) =>
  new SettingError(file, path === undefined ? problem : `${path}: ${problem}`);

function readEntry(entry: ObjectReader, currency: string | undefined): DatedRates {
  const written = entry.text('valid_from', 'a date');
  // A price must not depend on where its reader lives: a date is midnight UTC in every --timezone.
  const validFrom = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : written);
  if (validFrom === undefined) {
    const shown = JSON.stringify(written.slice(0, 40));
    const problem = `expected a date such as 2024-04-29 or an RFC 3339 instant, got ${shown}`;
    throw entry.refuse(problem, 'valid_from');
  }
  return { validFrom, written, rates: readRates(entry), creditPrice: priceIn(entry, currency) };
}

function priceIn(entry: ObjectReader, currency: string | undefined): CreditPrice | undefined {
  if (currency !== undefined) {
    const what = `the price of a credit in ${currency}, a number above 0`;
    return entry.exact(PRICE_KEY, parseCreditPrice, what, true);
  }
  if (!entry.members.has(PRICE_KEY)) return undefined;
  throw entry.refuse(
    'needs the currency of the card: a member "currency" beside "rates", such as "GBP"',
    PRICE_KEY,
  );
}

/** Reads the rates of one entry. @throws SettingError that names the place of what is wrong */
function readRates(entry: ObjectReader): Rates {
  // Credits, as a JSON number or as a string of one: either is read digit by digit.
  const amountOf = ({ name }: { readonly name: string }) =>
    entry.exact(rateKey(name), parseAmount, 'credits, a number that is not negative', true);
  const rates: Rates = {
    ...recordOf(AMOUNT_RATES, amountOf),
    ...recordOf(FACTOR_RATES, (rate) => {
      const factor = toDecimal(amountOf(rate));
      if (factor.lt(1)) {
        throw entry.refuse(`expected a number of at least 1, got ${factor.toFixed()}`, rateKey(rate.name));
      }
      return factor.isInteger() && factor.lte(Number.MAX_SAFE_INTEGER) ? factor.toNumber() : factor;
    }),
    thresholds: readThresholds(entry.object('thresholds')),
  };
  try {
    checkRates(rates);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw entry.refuse(error.message);
  }
  return rates;
}

function readThresholds(thresholds: ObjectReader): Rates['thresholds'] {
  thresholds.only(THRESHOLDS.map(({ name }) => rateKey(name)));
  const read: Partial<Record<keyof Thresholds, number>> = {};
  return recordOf(THRESHOLDS, (threshold) => {
    const number = thresholds.count(rateKey(threshold.name), leastOf(threshold, read));
    read[threshold.name] = number;
    return number;
  });
}
