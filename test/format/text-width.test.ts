import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/format/table/lines.js';

test('every character of the first planes is as wide as string-width says', () => {
  for (let code = 0; code < 0x3100; code++) {
    const character = String.fromCodePoint(code);
    expect([code, textWidth(character)]).toEqual([code, stringWidth(character)]);
  }
});

test('so is any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(textWidth(a + b)).toBe(stringWidth(a + b));
    }),
  );
});
