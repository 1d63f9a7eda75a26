import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTimeZone } from '../../src/calendar/time-zone.js';
import { addAmounts, hundredths, ZERO } from '../../src/engine/index.js';
import { summaryFacts, summaryJson } from '../../src/format/documents/summary.js';
import type { UsageItem } from '../../src/usage/pricing/priced-row.js';
import { GROUPINGS, type Grouping } from '../../src/usage/summary/groups.js';
import { mergeSummaries, readPartialSummary } from '../../src/usage/summary/merge-summaries.js';
import { createSummary, type Summary } from '../../src/usage/summary/summary.js';

const zone = openTimeZone('America/Sao_Paulo');

const item: fc.Arbitrary<UsageItem> = fc
  .record({
    id: fc.nat(),
    time: fc.date({ min: new Date('2024-01-20'), max: new Date('2024-05-10'), noInvalidDate: true }),
    reportId: fc.constantFrom(undefined, 1, 2, 'gone', 2n ** 60n),
    credits: fc.nat(100_000).map(hundredths),
  })
  .map(({ id, time, reportId, credits }) => ({
    message: { id, timestamp: time.toISOString(), reportId, text: '' },
    report:
      reportId === undefined || reportId === 'gone'
        ? undefined
        : { name: `Report ${reportId}`, cost: credits },
    credits,
  }));

const by = fc
  .shuffledSubarray([...GROUPINGS], { minLength: 1, maxLength: 2 })
  .map(([first = 'day', second]): [Grouping, Grouping?] =>
    second === undefined ? [first] : [first, second],
  );

function summaryOf(items: readonly UsageItem[], groupings: readonly [Grouping, Grouping?]): Summary {
  const sums = createSummary(groupings, zone);
  sums.add(items);
  return sums.value();
}

const about = { source: 's', period: 'p', rules: 'published', outOf: undefined, zone } as const;
const jsonOf = (summary: Summary) => [...summaryJson(summary, summaryFacts(summary, about, 0, 0))].join('');

test('parts that are written, read back and merged in any order are the summary of the whole', () => {
  const partOf = fc.tuple(item, fc.nat(2));
  fc.assert(
    fc.property(fc.array(partOf, { maxLength: 40 }), by, fc.boolean(), (rows, groupings, reversed) => {
      const parts = [0, 1, 2].map((part) => rows.filter(([, at]) => at === part).map(([each]) => each));
      const read = parts.map((items, index) =>
        readPartialSummary(jsonOf(summaryOf(items, groupings)), `part ${index}`),
      );
      const { summary } = mergeSummaries(reversed ? read.reverse() : read);
      const whole = summaryOf(
        rows.map(([each]) => each),
        groupings,
      );
      expect(jsonOf(summary)).toBe(jsonOf(whole));
    }),
    { numRuns: 300 },
  );
});

test('groups, subtotals and shares add up, and each message is in one group', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), by, (items, groupings) => {
      const summary = summaryOf(items, groupings);
      const credits = items.reduce<UsageItem['credits']>((sum, each) => addAmounts(sum, each.credits), ZERO);
      expect(summary.messages).toBe(items.length);
      expect(summary.credits).toEqual(credits);
      const levels = groupings.length === 2 ? [summary.groups, summary.subtotals] : [summary.groups];
      for (const level of levels) {
        expect(level.reduce((sum, { messages }) => sum + messages, 0)).toBe(items.length);
        expect(level.reduce((sum, { share }) => sum + share, 0)).toBe(credits === ZERO ? 0 : 10_000);
        expect(
          level.reduce<UsageItem['credits']>((sum, each) => addAmounts(sum, each.credits), ZERO),
        ).toEqual(credits);
      }
    }),
  );
});
