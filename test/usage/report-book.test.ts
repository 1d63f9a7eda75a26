import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message, ReportId } from '../../src/document/records.js';
import { createReportCache } from '../../src/usage/pricing/reports.js';

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
      const asked: ReportId[] = [];
      const book = createReportCache({
        async report(one) {
          asked.push(one);
          return reportBytes(one);
        },
      });
      await book.request(ids.map(naming));
      book.check();
      expect(asked.map(String)).toEqual([...new Set(ids.map(String))]);
      for (const one of ids) expect(book.reportOf(naming(one))).toEqual({ name: 'n', cost: 200 });
      expect(book.request(ids.map(naming))).toBeUndefined();
      expect(book.progress()).toEqual({ answered: asked.length, waiting: 0 });
    }),
  );
});

test('a report that has not answered is never taken for a missing one', async () => {
  let answer: (bytes: Buffer | undefined) => void = () => {};
  const book = createReportCache({
    report: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  expect(() => book.reportOf(naming(7))).toThrow('before it answered');
  const first = book.request([naming(undefined), naming(7)]);
  // A document that is read again names it once more, while the answer is still out.
  const again = book.request([naming('7')]);
  expect(again).toBeDefined();
  expect(book.progress()).toEqual({ answered: 0, waiting: 1 });
  expect(() => book.reportOf(naming(7))).toThrow('before it answered');
  answer(undefined);
  await Promise.all([first, again]);
  expect(book.reportOf(naming(7))).toBeUndefined();
  expect(book.request([naming(7)])).toBeUndefined();
});

test('what a report met is thrown, once it is asked for', async () => {
  const book = createReportCache({ report: () => Promise.reject(new Error('no answer')) });
  await book.request([naming(1)]);
  expect(() => book.check()).toThrow('no answer');
});
