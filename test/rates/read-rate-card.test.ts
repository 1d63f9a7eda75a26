import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ratesSchema } from '../../build/rates-schema.js';
import { formatAmount, PUBLISHED_RATES } from '../../src/engine/index.js';
import { AMOUNT_RATES } from '../../src/engine/rules.js';
import { SettingError } from '../../src/errors.js';
import { PUBLISHED_CARD, ratesAt, writeRateCard } from '../../src/rates/rate-card.js';
import { readRateCard } from '../../src/rates/read-rate-card.js';
import { rates } from '../engine/any-rates.js';

const validate = new Ajv2020().compile(JSON.parse(readFileSync('schema/rates.schema.json', 'utf8')));
const ENTRY = JSON.parse(writeRateCard(PUBLISHED_CARD)).rates[0];

function problemOf(json: string): string {
  try {
    readRateCard(json, 'card.json');
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  return 'none';
}

test('the published card, written and read, is the published card', () => {
  const [read, ...more] = readRateCard(writeRateCard(PUBLISHED_CARD), 'card.json').dated;
  expect(more).toEqual([]);
  expect(read?.rates).toEqual(PUBLISHED_RATES);
  expect(validate(JSON.parse(writeRateCard(PUBLISHED_CARD)))).toBe(true);
});

test('the schema is the one that the rules of the engine make', () => {
  expect(JSON.parse(readFileSync('schema/rates.schema.json', 'utf8'))).toEqual(ratesSchema());
});

test('docs/pricing.md shows the published rates in the order in which they apply', () => {
  const section =
    /## Ruleset `published`.*?\n\n(\|.*?)\n\n/s.exec(readFileSync('docs/pricing.md', 'utf8'))?.[1] ?? '';
  const shown = section
    .split('\n')
    .slice(2)
    .flatMap(
      (row) =>
        row
          .split('|')
          .at(-2)
          ?.match(/[\d.]+/g) ?? [],
    );
  expect(shown).toEqual(AMOUNT_RATES.map(({ name }) => formatAmount(PUBLISHED_RATES[name])));
});

test('the card that docs/rates.md shows is the published one, from its date on', () => {
  const json = /```json\n(.*?)```/s.exec(readFileSync('docs/rates.md', 'utf8'))?.[1] ?? '';
  const [read, ...more] = readRateCard(json, 'docs/rates.md').dated;
  expect(more).toEqual([]);
  expect(read).toMatchObject({ written: '2024-01-01', rates: PUBLISHED_RATES });
  expect(validate(JSON.parse(json))).toBe(true);
});

test('any rates are read back as they were written, and the schema knows them', () => {
  fc.assert(
    fc.property(rates, (each) => {
      const json = writeRateCard({ dated: [{ validFrom: 0, written: '1970-01-01', rates: each }] });
      expect(writeRateCard(readRateCard(json, 'card.json'))).toBe(json);
      expect(validate(JSON.parse(json))).toBe(true);
    }),
  );
});

test('amounts may be strings, and every digit counts', () => {
  const digits = '0.1234567890123456789';
  const json = JSON.stringify({ rates: [{ ...ENTRY, character: digits, base: '1e-3' }] });
  const written = writeRateCard(readRateCard(json, 'card.json'));
  expect(written).toContain(`"character": ${digits},`);
  expect(written).toContain('"base": 0.001,');
  expect(validate(JSON.parse(json))).toBe(true);
});

test('a date is midnight UTC, an instant is itself, and each entry holds until the next', () => {
  const dates = ['2024-01-01', '2024-07-01T00:00:00+02:00', '2025-01-01'];
  const { dated } = readRateCard(
    JSON.stringify({ $schema: 'x', rates: dates.map((valid_from) => ({ ...ENTRY, valid_from })) }),
    'card.json',
  );
  const at = (time: string) => ratesAt({ dated }, Date.parse(time))?.written;
  expect(at('2023-12-31T23:59:59.999Z')).toBeUndefined();
  expect(at('2024-01-01T00:00:00Z')).toBe('2024-01-01');
  expect(at('2024-06-30T21:59:59.999Z')).toBe('2024-01-01');
  expect(at('2024-06-30T22:00:00Z')).toBe('2024-07-01T00:00:00+02:00');
  expect(at('2099-01-01T00:00:00Z')).toBe('2025-01-01');
});

test('a card with a currency has the price of a credit in every entry, read exactly and written back', () => {
  const priced = (credit_price: unknown) => ({ ...ENTRY, credit_price });
  const json = JSON.stringify({
    currency: 'GBP',
    rates: [priced('0.020000000000000000001'), { ...priced(0.03), valid_from: '2025-01-01' }],
  });
  const card = readRateCard(json, 'card.json');
  expect(card.currency).toBe('GBP');
  expect(card.dated.map(({ creditPrice }) => creditPrice?.toFixed())).toEqual([
    '0.020000000000000000001',
    '0.03',
  ]);
  expect(validate(JSON.parse(json))).toBe(true);
  expect(readRateCard(writeRateCard(card), 'card.json')).toEqual(card);
});

test.each([
  [{ currency: 'GBPP', rates: [ENTRY] }, 'card.json: currency: expected a currency of ISO 4217'],
  [{ currency: 7, rates: [ENTRY] }, 'card.json: currency: expected a currency of ISO 4217'],
  [{ currency: 'GBP', rates: [ENTRY] }, 'card.json: rates[0].credit_price: is missing'],
  [{ rates: [{ ...ENTRY, credit_price: 1 }] }, 'rates[0].credit_price: needs the currency of the card'],
])('a price without a currency, and the other way round, is refused: %j', (card, problem) => {
  expect(problemOf(JSON.stringify(card))).toContain(problem);
});

test.each([0, -1, '0.0', 'x', null])('a price of %j is refused', (credit_price) => {
  const json = JSON.stringify({ currency: 'GBP', rates: [{ ...ENTRY, credit_price }] });
  expect(problemOf(json)).toContain(
    'card.json: rates[0].credit_price: expected the price of a credit in GBP',
  );
});

describe('a wrong card is refused by the place of what is wrong, and the schema refuses it too', () => {
  const entry = (change: object) => JSON.stringify({ rates: [{ ...ENTRY, ...change }] });
  const thresholds = (change: object) => entry({ thresholds: { ...ENTRY.thresholds, ...change } });
  const raw = (key: string, json: string) =>
    writeRateCard(PUBLISHED_CARD).replace(new RegExp(`"${key}": [^,\\n]+`), `"${key}": ${json}`);

  test.each([
    ['[]', 'card.json: expected an object, got an array'],
    ['{}', 'card.json: rates: is missing'],
    ['{"rates":[]}', 'card.json: rates: is empty'],
    ['{"rates":[7]}', 'card.json: rates[0]: expected an object, got 7'],
    ['{"rates":[],"rate":1}', 'card.json: rate: no such key'],
    [entry({ base: -1 }), 'card.json: rates[0].base: expected credits'],
    [entry({ base: '0x10' }), 'card.json: rates[0].base: expected credits'],
    [
      entry({ base: null }),
      'card.json: rates[0].base: expected credits, a number that is not negative, got null',
    ],
    [entry({ short_word: undefined }), 'card.json: rates[0].short_word: is missing'],
    [entry({ shortword: 1 }), 'card.json: rates[0].shortword: no such key'],
    [
      entry({ palindrome_factor: 0.5 }),
      'card.json: rates[0].palindrome_factor: expected a number of at least 1',
    ],
    [entry({ valid_from: 'soon' }), 'card.json: rates[0].valid_from: expected a date'],
    [entry({ valid_from: '2024-02' }), 'card.json: rates[0].valid_from: expected a date'],
    [entry({ thresholds: [] }), 'card.json: rates[0].thresholds: expected an object'],
    [thresholds({ medium_from: 0 }), 'card.json: rates[0].thresholds.medium_from: expected a whole number'],
    [thresholds({ length_limit: 1.5 }), 'card.json: rates[0].thresholds.length_limit: expected a whole'],
    [raw('base', '"NaN"'), 'card.json: rates[0].base: expected credits'],
  ])('%s', (json, problem) => {
    expect(problemOf(json)).toContain(problem);
    expect(validate(JSON.parse(json))).toBe(false);
  });

  test.each([
    ['{', 'card.json: is not valid JSON'],
    [raw('base', '1, "base": 2'), 'occurs twice'],
    [raw('base', '1, "base": 1'), 'card.json: is not valid JSON: key "base" occurs twice'],
    [raw('base', '1e999'), 'card.json: rates[0].base: expected credits'],
    [entry({ valid_from: '2024-02-30' }), 'card.json: rates[0].valid_from: expected a date'],
    [
      thresholds({ long_from: 3 }),
      'card.json: rates[0].thresholds.long_from: expected a whole number of at least 4',
    ],
    [
      JSON.stringify({ rates: [ENTRY, ENTRY] }),
      'card.json: rates[1].valid_from: 0000-01-01 must be later than 0000-01-01',
    ],
    [`${'['.repeat(200_000)}`, 'card.json: is not valid JSON'],
  ])('beyond the schema: %s', (json, problem) => {
    expect(problemOf(json)).toContain(problem);
  });
});
