import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextColumn } from '../../src/usage/diff/row-index.js';

test('gives every text back as it was, none for none and for an empty one', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(undefined, '', '\ud800', 'é', 'x'.repeat(30_000)),
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const column = createTextColumn();
      for (const each of texts) column.add(each);
      expect(texts.map((_, row) => column.get(row))).toEqual(texts.map((each) => each || undefined));
    }),
  );
});
