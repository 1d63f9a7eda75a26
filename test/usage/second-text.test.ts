import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayText } from '../../src/usage/day.js';
import { rememberLast } from '../../src/usage/remember-last.js';
import { secondText } from '../../src/usage/second-text.js';

const instant = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z'),
  max: Date.parse('9999-12-31T23:59:59.999Z'),
});

test('writes every second of the years with four digits as Date does', () => {
  const near = fc
    .tuple(instant, fc.constantFrom(-1000, -1, 0, 1, 999, 1000))
    .map(([at, more]) => Math.floor(at / 86_400_000) * 86_400_000 + more)
    .filter((at) => at >= Date.parse('0000-01-01T00:00:00Z'));
  fc.assert(
    fc.property(fc.array(fc.oneof(instant, near)), (instants) => {
      const dayTextOf = rememberLast(dayText);
      for (const at of instants) {
        const expected = `${new Date(at).toISOString().slice(0, 19)}Z`;
        expect(secondText(at)).toBe(expected);
        expect(secondText(at, dayTextOf)).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
});

test('a result is made again only for another key, and one that is undefined is remembered too', () => {
  const asked: number[] = [];
  const remembered = rememberLast((key) => {
    asked.push(key);
    return key === 2 ? undefined : key;
  });
  expect([1, 1, 2, 2, 1].map(remembered)).toEqual([1, 1, undefined, undefined, 1]);
  expect(asked).toEqual([1, 2, 1]);
});
