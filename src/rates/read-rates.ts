import type { Decimal } from 'decimal.js';
import { type Amount, checkRates, parseAmount, type Rates, toDecimal } from '../engine/index.js';
import { exactInteger, expected, numberText } from '../source/document/exact-json.js';
import { inside, type Members, objectAt, type Place, refuse } from './place.js';
import { type AMOUNT_FIELDS, THRESHOLD_FIELDS } from './rate-fields.js';

/** Reads the rates of one entry. @throws SettingError that names the place of what is wrong */
export function readRates(members: Members, place: Place): Rates {
  const amount = (key: keyof typeof AMOUNT_FIELDS) => amountAt(members.get(key), inside(place, key));
  const rates: Rates = {
    base: amount('base'),
    character: amount('character'),
    shortWord: amount('short_word'),
    mediumWord: amount('medium_word'),
    longWord: amount('long_word'),
    thirdVowel: amount('third_vowel'),
    overLength: amount('over_length'),
    uniqueWordsBonus: amount('unique_words_bonus'),
    minimum: amount('minimum'),
    palindromeFactor: factorAt(members.get('palindrome_factor'), inside(place, 'palindrome_factor')),
    thresholds: thresholdsAt(members.get('thresholds'), inside(place, 'thresholds')),
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
  const members = objectAt(value, Object.keys(THRESHOLD_FIELDS), place);
  const whole = (key: keyof typeof THRESHOLD_FIELDS, least: number) => {
    const given = members.get(key);
    const number = exactInteger(given);
    if (typeof number === 'number' && number >= least) return number;
    throw refuse(inside(place, key), expected(`a whole number of at least ${least}`, given));
  };
  const mediumFrom = whole('medium_from', 1);
  return {
    mediumFrom,
    longFrom: whole('long_from', mediumFrom),
    lengthLimit: whole('length_limit', 0),
  };
}
