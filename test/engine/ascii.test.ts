import { serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiPricer, RULESETS, textPricer } from '../../src/engine/index.js';

const ascii = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc
    .array(
      fc.constantFrom('a', 'E', 'lease', "l'été".replaceAll('é', 'e'), '-', ' ', ', ', '12', '\n', 'racecar'),
    )
    .map((parts) => parts.join('')),
);

test('a price that fits is a small integer, which takes no memory of its own in a row', () => {
  const price = textPricer('published');
  // Before V8 compiles the function, so the first test. It writes a small integer as one, any other number as a float.
  for (const text of ['', 'a', 'the the', 'lease of the lease', 'racecar', 'é'.repeat(200)]) {
    const credits = price(text);
    expect(serialize(credits)).toEqual(serialize(JSON.parse(`${credits}`)));
  }
});

test.each(RULESETS)('%s prices a text among other bytes as it prices the string', (rules) => {
  const price = textPricer(rules);
  const priceAscii = asciiPricer(rules);
  fc.assert(
    fc.property(ascii, ascii, fc.string({ unit: 'binary' }), (before, text, after) => {
      // What stands after it is not ASCII, nor need it be.
      const bytes = new Uint8Array(Buffer.from(`${before}${text}${after}`));
      const view = new DataView(bytes.buffer);
      const start = before.length;
      expect(priceAscii({ bytes, view }, start, start + text.length)).toEqual(price(text));
    }),
    { numRuns: 1000 },
  );
});

test('a text longer than one block of the scanner, wherever it begins', () => {
  const price = textPricer('published');
  const priceAscii = asciiPricer('published');
  for (let length = 1015; length < 1035; length++) {
    for (let start = 0; start < 6; start++) {
      const text = 'alterations or improvements - '.repeat(70).slice(start, start + length);
      const bytes = new Uint8Array(Buffer.from(`${'"'.repeat(start)}${text}"`));
      const view = new DataView(bytes.buffer);
      expect(priceAscii({ bytes, view }, start, start + length)).toEqual(price(`${text}é`.slice(0, -1)));
    }
  }
});
