import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareInstants, instantOf } from '../../src/calendar/instant.js';
import { boundAtInstant, UTC } from '../../src/calendar/time-zone.js';
import type { ReportId } from '../../src/document/records.js';
import { compareAmounts, hundredths, textPricer } from '../../src/engine/index.js';
import { KINDS, kindOf, type UsageItem } from '../../src/usage/pricing/priced-row.js';
import { createReportCache } from '../../src/usage/pricing/reports.js';
import { createSorter, readUsage } from '../../src/usage/rows/read-usage.js';
import { parseReportFilter, type RowQuery } from '../../src/usage/rows/row-query.js';

const price = textPricer('published');

/** Reports 1 to 3 exist; two have one name. */
const report = async (id: ReportId) =>
  Number(id) <= 3
    ? Buffer.from(JSON.stringify({ id, name: id === 3 ? 'Two' : `T${id}`, credit_cost: id }))
    : undefined;

const timestamp = fc
  .integer({ min: 0, max: 20 })
  .map((day) => new Date(Date.UTC(2024, 3, 1 + day)).toISOString());

const messages = fc.uniqueArray(
  fc.record(
    { id: fc.nat(99), timestamp, text: fc.lorem({ maxCount: 4 }), report_id: fc.integer({ min: 1, max: 5 }) },
    { requiredKeys: ['id', 'timestamp', 'text'] },
  ),
  { selector: ({ id }) => id, maxLength: 60 },
);

const bound = timestamp.map((text) => boundAtInstant(UTC, instantOf(text)));
const query: fc.Arbitrary<RowQuery> = fc.record(
  {
    offset: fc.nat(20),
    message: fc.nat(99),
    since: bound,
    until: bound,
    report: fc.constantFrom('1', 't1', 'TWO', 'id:2', 'name:t2', '5').map(parseReportFilter),
    kind: fc.constantFrom(...KINDS),
    sort: fc.record({
      field: fc.constantFrom('credits_used', 'timestamp', 'report_name', 'message_id', 'text'),
      descending: fc.boolean(),
    }),
    limit: fc.nat(20),
  },
  { requiredKeys: ['offset'] },
);

async function readRows(
  document: readonly object[],
  selection: RowQuery,
  textsUnread = false,
): Promise<UsageItem[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const all = Buffer.from(JSON.stringify({ messages: document }));
    for (let at = 0; at < all.length; at += 500) yield all.subarray(at, at + 500);
  }
  const request = {
    reports: createReportCache({ report }),
    priceByText: ({ text }: { readonly text: string }) => price(text),
    duplicates: 'error',
    selection,
    textsUnread,
  } as const;
  const rows: UsageItem[] = [];
  for await (const items of readUsage(bytes(), request)) rows.push(...items);
  return rows;
}

/** The rule in its plainest form. */
function selectFrom(all: readonly UsageItem[], selection: RowQuery): UsageItem[] {
  const { message, since, until, report: filter, kind, sort, offset, limit } = selection;
  const found = all.filter((item) => {
    const instant = instantOf(item.message.timestamp);
    if (message !== undefined && item.message.id !== message) return false;
    if (since !== undefined && compareInstants(instant, since.instant) < 0) return false;
    if (until !== undefined && compareInstants(instant, until.instant) >= 0) return false;
    if (kind !== undefined && kindOf(item) !== kind) return false;
    if (filter === undefined) return true;
    const isNamed = item.report !== undefined && item.report.name.toLowerCase() === filter.name;
    return isNamed || String(item.message.reportId) === filter.id;
  });
  if (sort !== undefined) {
    const sign = sort.descending ? -1 : 1;
    const compare = (a: UsageItem, b: UsageItem): number => {
      if (sort.field === 'credits_used') return sign * compareAmounts(a.credits, b.credits);
      if (sort.field === 'message_id') return sign * (Number(a.message.id) - Number(b.message.id));
      if (sort.field === 'report_name') {
        if (a.report === undefined || b.report === undefined)
          return Number(a.report === undefined) - Number(b.report === undefined);
        return sign * compareTexts(a.report.name, b.report.name);
      }
      const field = sort.field === 'timestamp' ? 'timestamp' : 'text';
      return sign * compareTexts(a.message[field], b.message[field]);
    };
    found.sort(compare);
  }
  return found.slice(offset, limit === undefined ? undefined : offset + limit);
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const idsOf = (items: readonly UsageItem[]) => items.map(({ message }) => message.id);

test('a query finds what the plain rule finds, in its order, whether texts are held or not', async () => {
  await fc.assert(
    fc.asyncProperty(messages, query, async (document, selection) => {
      const all = await readRows(document, { offset: 0 });
      expect(idsOf(all)).toEqual(document.map(({ id }) => id));
      const expected = idsOf(selectFrom(all, selection));
      expect(idsOf(await readRows(document, selection))).toEqual(expected);
      expect(idsOf(await readRows(document, selection, true))).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('the first rows of an order are those of the whole order, though the rest is dropped on the way', () => {
  const items = Array.from({ length: 30_000 }, (_, id): UsageItem => {
    const credits = hundredths((id * 7919) % 1009);
    return { message: { id, timestamp: '', text: '', reportId: undefined }, report: undefined, credits };
  });
  for (const descending of [false, true]) {
    const order = { field: 'credits_used', descending } as const;
    const whole = createSorter((item: UsageItem) => item, order);
    whole.add(items);
    for (const limit of [0, 1, 100, 40_000]) {
      const first = createSorter((item: UsageItem) => item, order, limit);
      for (let at = 0; at < items.length; at += 1000) first.add(items.slice(at, at + 1000));
      expect(idsOf(first.sorted())).toEqual(idsOf(whole.sorted().slice(0, limit)));
    }
  }
});
