import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextColumn } from '../../src/usage/text-column.js';

test('gives every text back as it was, none for none and for an empty one', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(undefined, '', '\ud800', 'é', 'x'.repeat(500)),
  );
  fc.assert(
    fc.property(fc.array(text), fc.constantFrom(1, 16, 1024), (texts, room) => {
      const column = createTextColumn(room);
      for (const each of texts) column.add(each);
      expect(texts.map((_, row) => column.get(row))).toEqual(texts.map((each) => each || undefined));
    }),
  );
});

test.each([
  ['ASCII', 'a'],
  ['other texts', '務'],
])('says how much it holds, so that whoever bounds it can: %s', (_, character) => {
  const column = createTextColumn(16);
  for (let row = 0; row < 100; row++) column.add(character.repeat(1000));
  expect(column.size()).toBeGreaterThan(100_000);
});
