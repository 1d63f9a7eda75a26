import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/document/records.js';
import { createDuplicateCheck, createIdHistory } from '../../src/usage/pricing/ids.js';

const message = (id: number | bigint, text = 'a'): Message => ({
  id,
  timestamp: '2024-04-29T02:08:29Z',
  reportId: undefined,
  text,
});

describe('createIdHistory', () => {
  const ids = fc.oneof(
    fc.array(fc.integer({ min: -50, max: 50 })),
    fc.array(fc.maxSafeInteger()),
    fc.array(fc.oneof(fc.bigInt(), fc.maxSafeInteger(), fc.constantFrom(2 ** 53 - 1, 1, 128, 16384))),
    fc
      .array(fc.maxSafeInteger(), { minLength: 1 })
      .map((list) => [...new Set(list)].sort((a, b) => a - b).concat(list)),
    fc
      .array(fc.maxSafeInteger(), { minLength: 1 })
      .map((list) => [...new Set(list)].sort((a, b) => b - a).concat(list)),
  );
  test('agrees with a Set on any sequence', () => {
    fc.assert(
      fc.property(ids, (sequence) => {
        const history = createIdHistory();
        const set = new Set<number | bigint>();
        for (const id of sequence) {
          expect(history.add(id)).toBe(!set.has(id));
          set.add(id);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('finds the copy among many, rising, falling and mixed', () => {
    for (const idAt of [(n: number) => n * 3, (n: number) => 1e6 - n, (n: number) => (n * 7919) % 100_003]) {
      const history = createIdHistory();
      const copies = Array.from({ length: 100_000 }, (_, n) => history.add(idAt(n))).filter(
        (added) => !added,
      );
      expect(copies).toEqual([]);
      expect(history.add(idAt(777))).toBe(false);
    }
  });

  test('costs next to nothing while ids rise, and at most 40 bytes an id when they do not', () => {
    const used = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const rising = createIdHistory();
    const before = used();
    for (let id = 0; id < 1_000_000; id++) rising.add(id);
    // The heap breathes by itself; a million ids at one byte each would be a megabyte.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + 1e6);

    const buffers = process.memoryUsage().arrayBuffers;
    const mixed = createIdHistory();
    for (let id = 0; id < 1_000_000; id++) mixed.add((id * 7919) % 1_000_003);
    expect(process.memoryUsage().arrayBuffers - buffers).toBeLessThan(40e6);
    expect(rising.add(5)).toBe(false);
    expect(mixed.add(7919)).toBe(false);
  });
});

describe('createDuplicateCheck', () => {
  test('error: the second message of an id is an error', () => {
    const check = createDuplicateCheck('error');
    expect(check(message(7))).toBe(true);
    expect(() => check(message(7))).toThrow('message 7: occurs twice in the period');
  });

  test('once: drops equal copies, other copies are an error', () => {
    const check = createDuplicateCheck('once');
    expect([check(message(7)), check(message(8)), check(message(7))]).toEqual([true, true, false]);
    expect(() => check(message(8, 'b'))).toThrow('message 8: occurs twice with different content');
    expect([check(message(2n ** 60n)), check(message(2n ** 60n))]).toEqual([true, false]);
  });

  test('keep: counts every copy', () => {
    const check = createDuplicateCheck('keep');
    expect([check(message(7)), check(message(7))]).toEqual([true, true]);
  });
});
