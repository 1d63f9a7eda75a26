import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReportQueue } from '../../src/usage/pricing/reports.js';

test('asks in order, so many at a time, and tells when all before have answered, in whatever order they do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      // A number adds so many; another word lets the request answer that is so far along those under way.
      fc.array(fc.oneof(fc.record({ add: fc.nat(4) }), fc.record({ answer: fc.nat(9) })), { maxLength: 40 }),
      async (most, steps) => {
        const asked: number[] = [];
        const underWay = new Map<number, () => void>();
        const answered = new Set<number>();
        const queue = createReportQueue(most, async (id) => {
          asked.push(Number(id));
          await new Promise<void>((resolve) => underWay.set(Number(id), resolve));
        });
        const told = new Map<number, boolean>();
        let added = 0;

        const answer = async (id: number | undefined) => {
          if (id === undefined) return;
          underWay.get(id)?.();
          underWay.delete(id);
          answered.add(id);
          await setImmediate();
        };
        const check = () => {
          expect(asked).toEqual(Array.from(asked, (_, index) => index));
          expect(underWay.size).toBe(Math.min(most, added - answered.size));
          expect(queue.waiting()).toBe(added - answered.size);
          for (const [count, settled] of told) {
            expect(settled).toBe(Array.from({ length: count }, (_, id) => answered.has(id)).every(Boolean));
          }
        };

        for (const step of steps) {
          if ('add' in step) {
            for (let more = 0; more < step.add; more++) queue.add(added++);
            const count = added;
            if (!told.has(count)) {
              told.set(count, false);
              void queue.answered().then(() => told.set(count, true));
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
