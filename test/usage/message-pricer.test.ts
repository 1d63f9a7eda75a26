import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message } from '../../src/document/records.js';
import { formatAmount, PUBLISHED_RATES, textPricer } from '../../src/engine/index.js';
import { DataError } from '../../src/errors.js';
import { PUBLISHED_CARD, writeRateCard } from '../../src/rates/rate-card.js';
import { readRateCard } from '../../src/rates/read-rate-card.js';
import { messagePricer } from '../../src/usage/pricing/message-pricer.js';
import conformance from '../conformance.json' with { type: 'json' };
import { rates, wholeRates } from '../engine/any-rates.js';
import { text } from '../engine/texts.js';

const cardOf = (json: string) => ({ name: 'card.json', sha256: '', ...readRateCard(json, 'card.json') });
const message = (text: string, timestamp = '2024-04-29T00:00:00Z'): Message => ({
  id: 7,
  timestamp,
  reportId: undefined,
  text,
});

test('the published card as a file prices every conformance case as the published rates do', () => {
  const byFile = messagePricer('published', cardOf(writeRateCard(PUBLISHED_CARD)));
  const byDefault = messagePricer('published', undefined);
  const texts = conformance.map((each) => each.text);
  expect(texts.length).toBeGreaterThan(100);
  for (const each of texts) expect(byFile(message(each))).toEqual(byDefault(message(each)));
});

test('any card prices a message by the rates in force at its time', () => {
  const card = fc.array(fc.oneof(rates, wholeRates), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(card, text, fc.integer({ min: -1, max: 5 }), (list, characters, year) => {
      const dated = list.map((each, index) => ({
        validFrom: 0,
        written: `${2020 + index}-01-01`,
        rates: each,
      }));
      const price = messagePricer('published', cardOf(writeRateCard({ dated })));
      const sent = message(characters, `${2020 + year}-12-31T23:59:59.999Z`);
      const inForce = list[Math.min(year, list.length - 1)];
      if (inForce === undefined) expect(() => price(sent)).toThrow(DataError);
      else expect(formatAmount(price(sent))).toBe(formatAmount(textPricer('published', inForce)(characters)));
    }),
  );
});

test('a message before the card begins is named', () => {
  const card = cardOf(
    writeRateCard({ dated: [{ validFrom: 0, written: '2024-05-01', rates: PUBLISHED_RATES }] }),
  );
  expect(() => messagePricer('published', card)(message('x'))).toThrow(
    'message 7: timestamp: 2024-04-29T00:00:00Z is before 2024-05-01, when the first rates of card.json begin',
  );
});
