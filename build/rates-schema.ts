import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AMOUNT_RATES, FACTOR_RATES, THRESHOLDS } from '../src/engine/rules.js';
import { CURRENCIES } from '../src/rates/money.js';
import { MOST_ENTRIES, rateKey } from '../src/rates/rate-card.js';

/** After a change of the rules: `npx tsx build/rates-schema.ts && npx biome check --write schema`. */
const FILE = new URL('../schema/rates.schema.json', import.meta.url);

const NUMBER = '^(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?$';
const NUMBER_FROM_1 = '^[1-9]\\d*(\\.\\d+)?([eE]\\+?\\d+)?$';
const DATE_OR_INSTANT = '^\\d{4}-\\d{2}-\\d{2}([Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2}))?$';

/** The JSON schema of a rate card, as the rules of the engine have it. */
export function ratesSchema() {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:o-copilot:schema:rates',
    title: 'Rates of o-copilot',
    description:
      'Rates of the ruleset `published`. Each entry holds from its `valid_from` until that of the next, which must be later. All amounts are credits, as JSON numbers or as strings of one, and are read exactly.',
    type: 'object',
    required: ['rates'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      tables: {
        description:
          'Versions of the data that the program which wrote the file prices with; they change no price.',
        type: 'object',
        additionalProperties: false,
        properties: { unicode: { type: 'string' }, tz: { type: 'string' } },
      },
      currency: {
        description:
          'Of `credit_price`, by its code of ISO 4217. With it every entry has a price, without it none.',
        type: 'string',
        enum: CURRENCIES,
      },
      rates: { type: 'array', minItems: 1, maxItems: MOST_ENTRIES, items: { $ref: '#/$defs/entry' } },
    },
    $defs: {
      entry: withPrice(closed({ ...entry(), thresholds: thresholds() })),
      credits: numberFrom(0, NUMBER),
    },
  };
}

function entry() {
  return {
    valid_from: {
      description:
        'The first instant these rates hold: a date, which is midnight UTC, or an RFC 3339 instant.',
      type: 'string',
      pattern: DATE_OR_INSTANT,
    },
    ...Object.fromEntries(
      AMOUNT_RATES.map(({ name, description }) => [rateKey(name), { $ref: '#/$defs/credits', description }]),
    ),
    ...Object.fromEntries(
      FACTOR_RATES.map(({ name, description }) => [
        rateKey(name),
        { description, ...numberFrom(1, NUMBER_FROM_1) },
      ]),
    ),
  };
}

function thresholds() {
  const properties = THRESHOLDS.map(({ name, least, ...more }) => {
    const description = 'description' in more ? { description: more.description } : {};
    return [rateKey(name), { ...description, type: 'integer', minimum: least }];
  });
  return { description: 'Lengths in Unicode code points.', ...closed(Object.fromEntries(properties)) };
}

/** An object with all of these members and no others. */
function closed(properties: Readonly<Record<string, unknown>>) {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

function withPrice(entry: ReturnType<typeof closed>) {
  const { anyOf } = numberFrom(0, NUMBER);
  const price = { description: 'What a credit costs; above 0.', anyOf };
  return { ...entry, properties: { ...entry.properties, credit_price: price } };
}

/** A JSON number or a string of one. */
function numberFrom(minimum: number, pattern: string) {
  return {
    anyOf: [
      { type: 'number', minimum },
      { type: 'string', pattern },
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(FILE, `${JSON.stringify(ratesSchema())}\n`);
}
