import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowBytes } from '../../src/format/data/row-bytes.js';
import { literal } from '../../src/json/spans.js';

test('writes any safe integer as JavaScript does', () => {
  const out = new RowBytes();
  const written = (value: number) => {
    out.integer(value);
    return Buffer.from(out.take()).toString();
  };
  const edges = [9, 10, 999_999_999, 1e9, 2 ** 31 - 1, 2 ** 31, 999_999_999_999_999, Number.MAX_SAFE_INTEGER];
  for (const edge of edges.flatMap((value) => [value, value - 1, -value]))
    expect(written(edge)).toBe(`${edge}`);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
      expect(written(value)).toBe(`${value}`);
    }),
    { numRuns: 2000 },
  );
});

test('copies pieces of any length, from anywhere, beyond what it has room for', () => {
  const out = new RowBytes();
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(20), fc.nat(3), (texts, from, times) => {
      let expected = '';
      for (const text of texts.flatMap((each) => Array.from({ length: 1 + times * 200 }, () => each))) {
        const piece = literal(text);
        const start = Math.min(from, piece.length);
        out.literal(piece);
        out.range(piece.view, start, piece.length);
        expected += text + text.slice(start);
      }
      expect(Buffer.from(out.take()).toString()).toBe(expected);
    }),
    { numRuns: 300 },
  );
});
