import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExportRow } from '../../src/document/records.js';
import { hundredths } from '../../src/engine/index.js';
import { compareBills, UnsortedRows } from '../../src/usage/diff/compare-bills.js';

const row = (id: number | bigint, credits = 100, more: Partial<ExportRow> = {}): ExportRow => ({
  id,
  credits: hundredths(credits),
  timestamp: '2024-04-29T02:08:29.375Z',
  reportName: undefined,
  reportId: undefined,
  kind: undefined,
  ...more,
});

async function* inBatches(rows: readonly ExportRow[], size: number): AsyncGenerator<ExportRow[]> {
  yield [];
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

async function compare(old: readonly ExportRow[], fresh: readonly ExportRow[], sorted: boolean, size = 3) {
  const { changes, comparison } = compareBills(inBatches(old, size), inBatches(fresh, size), sorted);
  const found = [];
  for await (const batch of changes()) found.push(...batch);
  return { found, comparison: comparison() };
}

const brief = ({ found }: Awaited<ReturnType<typeof compare>>) =>
  found.map((change) => `${change.change} ${(change.new ?? change.old).id}`);

test('added, removed and changed messages by rising id, and exact sums of both', async () => {
  const old = [row(1), row(2), row(4, 250), row(9007199254740993n)];
  const fresh = [row(2, 101), row(3), row(4, 250), row(9007199254740993n, 1)];
  for (const sorted of [true, false]) {
    const result = await compare(old, fresh, sorted);
    expect(brief(result)).toEqual(['removed 1', 'changed 2', 'added 3', 'changed 9007199254740993']);
    expect(result.comparison).toEqual({
      old: { messages: 4, credits: 550 },
      new: { messages: 4, credits: 452 },
      added: 1,
      removed: 1,
      changed: 2,
      unchanged: 1,
    });
  }
});

test('a name or a timestamp that changed is a change; a field that one export lacks is none', async () => {
  const old = [row(1), row(2, 100, { timestamp: undefined }), row(3, 100, { reportName: 'A' })];
  const fresh = [
    row(1, 100, { timestamp: '2024-04-29T02:08:29Z' }),
    row(2),
    row(3, 100, { reportName: 'B' }),
  ];
  const { found } = await compare(old, fresh, true);
  expect(found.map((change) => change.change === 'changed' && change.fields)).toEqual([
    ['timestamp'],
    ['report_name'],
  ]);
});

test('rows whose ids do not rise are an error, in each of the two', async () => {
  for (const wrong of [
    [row(2), row(1)],
    [row(1), row(1)],
  ]) {
    await expect(compare(wrong, [row(1)], true)).rejects.toThrow(UnsortedRows);
    await expect(compare([row(1)], wrong, true, 1)).rejects.toThrow(UnsortedRows);
  }
});

test('a duplicate id is compared copy by copy', async () => {
  const result = await compare([row(1, 10), row(1, 20), row(1, 30)], [row(1, 10), row(1, 25)], false);
  expect(result.found.map((change) => [change.change, change.old?.credits, change.new?.credits])).toEqual([
    ['changed', 20, 25],
    ['removed', 30, undefined],
  ]);
});

test('merging sorted rows and looking up unsorted ones find the same', async () => {
  const bill = fc.uniqueArray(
    fc.record({
      id: fc.oneof(fc.integer({ min: -20, max: 40 }), fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 9n })),
      credits: fc.integer({ min: 0, max: 3 }),
      timestamp: fc.constantFrom(undefined, '', 'é', '日本', '2024-04-29T02:08:29Z'),
      reportName: fc.constantFrom(undefined, 'A', '\ud800'),
    }),
    { selector: ({ id }) => id },
  );
  await fc.assert(
    fc.asyncProperty(bill, bill, fc.integer({ min: 1, max: 9 }), async (left, right, size) => {
      const rowsOf = (each: typeof left) =>
        each.map(({ id, credits, timestamp, reportName }) =>
          row(id, credits, { timestamp: timestamp || undefined, reportName }),
        );
      const sortedRows = (rows: ExportRow[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const [old, fresh] = [rowsOf(left), rowsOf(right)];
      const looked = await compare(old, fresh, false, size);
      const merged = await compare(sortedRows(old), sortedRows(fresh), true, size);
      expect(looked).toEqual(merged);
    }),
  );
});

test('fault B9 (copies have no order): bills that are equal as multisets are equal', async () => {
  const result = await compare([row(1, 500), row(1, 700)], [row(1, 700), row(1, 500)], false);
  expect(result.found).toEqual([]);
  expect(result.comparison).toMatchObject({ added: 0, removed: 0, changed: 0, unchanged: 2 });
  const fewer = await compare([row(1, 500)], [row(1, 700), row(1, 500)], false);
  expect(brief(fewer)).toEqual(['added 1']);
  expect(fewer.found[0]?.new?.credits).toBe(700);
  const names = ['A', 'B'].map((reportName) => row(1, 100, { reportName }));
  expect(brief(await compare(names, names.toReversed(), false))).toEqual([]);
});

test('fault B9 (property): the order of rows never matters, and as many as can be are unchanged', async () => {
  const rows = fc.array(
    fc.record({ id: fc.integer({ min: 1, max: 4 }), credits: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 12 },
  );
  const order = fc.infiniteStream(fc.nat());
  await fc.assert(
    fc.asyncProperty(rows, rows, order, async (old, fresh, keys) => {
      const shuffled = (all: typeof old) =>
        all.map((each) => ({ each, key: keys.next().value })).sort((a, b) => a.key - b.key);
      const rowsOf = (all: typeof old) => all.map(({ id, credits }) => row(id, credits));
      const first = await compare(rowsOf(old), rowsOf(fresh), false);
      const second = await compare(
        rowsOf(shuffled(old).map(({ each }) => each)),
        rowsOf(shuffled(fresh).map(({ each }) => each)),
        false,
      );
      expect(second).toEqual(first);
      expect(brief(await compare(rowsOf(old), rowsOf(shuffled(old).map(({ each }) => each)), false))).toEqual(
        [],
      );
      const count = (all: typeof old, { id, credits }: (typeof old)[number]) =>
        all.filter((each) => each.id === id && each.credits === credits).length;
      const kinds = new Map([...old, ...fresh].map((each) => [`${each.id} ${each.credits}`, each]));
      const unchanged = [...kinds.values()].reduce(
        (sum, kind) => sum + Math.min(count(old, kind), count(fresh, kind)),
        0,
      );
      expect(first.comparison.unchanged).toBe(unchanged);
      expect(first.comparison.old.messages).toBe(old.length);
    }),
  );
});
