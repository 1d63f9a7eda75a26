import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message, ReportId } from '../../src/document/records.js';
import { createReportCache, createReportQueue } from '../../src/usage/pricing/reports.js';

const naming = (reportId: ReportId | undefined): Message => ({
  id: 1,
  timestamp: '2024-04-29T02:08:29Z',
  text: '',
  reportId,
});

const reportBytes = (id: ReportId) =>
  Buffer.from(`{"id":${JSON.stringify(String(id))},"name":"n","credit_cost":2}`);

test('reports are one where their ids are written the same, as a number or as a string', async () => {
  const id = fc.oneof(
    fc.maxSafeInteger(),
    fc.maxSafeInteger().map(String),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String),
    fc.constantFrom<ReportId>(
      0,
      '0',
      '-0',
      '007',
      7,
      '7',
      '7.0',
      '1e3',
      1000,
      'NaN',
      'Infinity',
      ' 7',
      '9007199254740993',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(id), async (ids) => {
      const requested: ReportId[] = [];
      const cache = createReportCache({
        async report(one) {
          requested.push(one);
          return reportBytes(one);
        },
      });
      await cache.request(ids.map(naming));
      cache.check();
      expect(requested.map(String)).toEqual([...new Set(ids.map(String))]);
      for (const one of ids) expect(cache.reportOf(naming(one))).toEqual({ name: 'n', cost: 200 });
      expect(cache.request(ids.map(naming))).toBeUndefined();
      expect(cache.progress()).toEqual({ answered: requested.length, waiting: 0 });
    }),
  );
});

test('a report that has not answered is never taken for a missing one', async () => {
  let answer: (bytes: Buffer | undefined) => void = () => {};
  const cache = createReportCache({
    report: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  expect(() => cache.reportOf(naming(7))).toThrow('before it answered');
  const first = cache.request([naming(undefined), naming(7)]);
  // A document that is read again names it once more, while the answer is still out.
  const again = cache.request([naming('7')]);
  expect(again).toBeDefined();
  expect(cache.progress()).toEqual({ answered: 0, waiting: 1 });
  expect(() => cache.reportOf(naming(7))).toThrow('before it answered');
  answer(undefined);
  await Promise.all([first, again]);
  expect(cache.reportOf(naming(7))).toBeUndefined();
  expect(cache.request([naming(7)])).toBeUndefined();
});

test('the error of a report request is thrown by check', async () => {
  const cache = createReportCache({ report: () => Promise.reject(new Error('no answer')) });
  await cache.request([naming(1)]);
  expect(() => cache.check()).toThrow('no answer');
});

test('requests in order, so many at a time, and resolves when all before have answered, in whatever order they do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      // A number adds so many; another word lets the request answer that is so far along those under way.
      fc.array(fc.oneof(fc.record({ add: fc.nat(4) }), fc.record({ answer: fc.nat(9) })), { maxLength: 40 }),
      async (most, steps) => {
        const requested: number[] = [];
        const underWay = new Map<number, () => void>();
        const answered = new Set<number>();
        const queue = createReportQueue(most, async (id) => {
          requested.push(Number(id));
          await new Promise<void>((resolve) => underWay.set(Number(id), resolve));
        });
        const resolved = new Map<number, boolean>();
        let added = 0;

        const answer = async (id: number | undefined) => {
          if (id === undefined) return;
          underWay.get(id)?.();
          underWay.delete(id);
          answered.add(id);
          await setImmediate();
        };
        const check = () => {
          expect(requested).toEqual(Array.from(requested, (_, index) => index));
          expect(underWay.size).toBe(Math.min(most, added - answered.size));
          expect(queue.waiting()).toBe(added - answered.size);
          for (const [count, isResolved] of resolved) {
            expect(isResolved).toBe(
              Array.from({ length: count }, (_, id) => answered.has(id)).every(Boolean),
            );
          }
        };

        for (const step of steps) {
          if ('add' in step) {
            for (let more = 0; more < step.add; more++) queue.add(added++);
            const count = added;
            if (!resolved.has(count)) {
              resolved.set(count, false);
              void queue.answered().then(() => resolved.set(count, true));
            }
            await setImmediate();
          } else {
            await answer([...underWay.keys()][step.answer % Math.max(underWay.size, 1)]);
          }
          check();
        }
        while (underWay.size > 0) await answer([...underWay.keys()].at(-1));
        check();
      },
    ),
  );
});

test('one promise for all who wait for the same reports', async () => {
  const queue = createReportQueue(2, () => new Promise(() => {}));
  queue.add(1);
  const first = queue.answered();
  expect(queue.answered()).toBe(first);
  queue.add(2);
  expect(queue.answered()).not.toBe(first);
});
