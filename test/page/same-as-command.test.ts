import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, dayText } from '../../src/calendar/days.js';
import { openTimeZone } from '../../src/calendar/time-zone.js';
import {
  hundredths,
  PUBLISHED_RATES,
  parseAmount,
  RULESETS,
  toDecimal,
  ZERO,
} from '../../src/engine/index.js';
import { stepCells } from '../../src/format/documents/explanation.js';
import { KINDS } from '../../src/format/page/bill-data.js';
import { pageRenderer } from '../../src/format/page/page.js';
import { readBill } from '../../src/page/data/bill.js';
import { toDecimals, toUnits } from '../../src/page/data/texts.js';
import { explainRows } from '../../src/page/panels/table/explanation.js';
import { csvOf } from '../../src/page/panels/table/messages.js';
import { selectFrom } from '../../src/page/view/select.js';
import { formatView, parseView } from '../../src/page/view/view.js';
import type { RateCard } from '../../src/rates/rate-card.js';
import { explainItem } from '../../src/usage/pricing/message-pricer.js';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { startServe } from '../service/start-serve.js';
import { parsePage } from './bills.js';

const NAMES = [
  'Plain',
  '=SUM(A1:A9)',
  "'@home",
  'a "quoted", name',
  'line\r\nbreak',
  '\ud800 half',
  'ÅÄÖ; 漢字 🙂',
  ' ',
];
const ZONE = 'America/New_York';
const FROM = Date.UTC(2024, 3, 1);

/** Some 300 messages with every kind of name, id and timestamp, and the reports they name. */
function writeSource(folder: string): string {
  const messages = Array.from({ length: 300 }, (_, index) => ({
    id: index % 7 === 0 ? `#${900719925474099300n + BigInt(index)}#` : 5000 - index,
    timestamp: new Date(FROM + ((index * 7919) % 5000) * 600_000)
      .toISOString()
      .replace('000Z', index % 3 ? '000Z' : '9999999Z'),
    text: 'word '.repeat(index % 9) + 'aA!'.repeat(index % 5),
    ...(index % 2 === 0 && { report_id: index % 20 === 0 ? 'none/such' : index % (2 * NAMES.length) }),
  }));
  mkdirSync(join(folder, 'reports'));
  const path = join(folder, 'messages.json');
  writeFileSync(path, JSON.stringify({ messages }).replace(/"#(\d+)#"/g, '$1'));
  for (const [index, name] of NAMES.entries()) {
    const report = { id: index * 2, name, credit_cost: index * 12.345 };
    writeFileSync(join(folder, 'reports', `${index * 2}.json`), JSON.stringify(report));
  }
  return path;
}

const day = fc.integer({ min: 0, max: 36 }).map((days) => Math.floor(FROM / DAY) + days);
const filters = fc.record({
  kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
  report: fc.option(fc.constantFrom('0', '2', '8', '12', 'none/such'), { nil: undefined, freq: 3 }),
  from: fc.option(day, { nil: undefined }),
  to: fc.option(day, { nil: undefined }),
  sort: fc.option(fc.constantFrom('message_id', 'timestamp', 'credits_used'), { nil: undefined, freq: 2 }),
  descending: fc.boolean(),
});

/** Random filters may all leave a few rows. */
const EVERY_ROW = {
  kind: undefined,
  report: undefined,
  from: undefined,
  to: undefined,
  sort: undefined,
  descending: false,
};

describe('the page gives what the command gives', { timeout: 60_000 }, () => {
  it('downloads the bytes of `usage --csv` with the same filters', async () => {
    await inFolder(async (folder) => {
      const shared = ['--source', writeSource(folder), '--timezone', ZONE];
      const written = await runMain(['report', '-', ...shared]);
      const { meta, rows } = parsePage(written.stdout);
      const select = selectFrom(readBill(meta, rows));
      const seen: number[] = [];
      await fc.assert(
        fc.asyncProperty(
          filters.filter(({ from = 0, to = Number.POSITIVE_INFINITY }) => from <= to),
          async ({ sort, descending, ...filter }) => {
            const sorted = sort === undefined ? [] : [{ column: sort, descending }];
            const address = formatView({ ...parseView(''), ...filter, sort: sorted });
            const chosen = select(parseView(address)).rows;
            const flags = Object.entries({
              '--kind': filter.kind,
              '--report': filter.report && `id:${filter.report}`,
              '--since': filter.from === undefined ? undefined : dayText(filter.from),
              '--until': filter.to === undefined ? undefined : dayText(filter.to),
              '--sort': sort,
            }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
            if (sort !== undefined && descending) flags.push('--desc');
            const outcome = await runMain(['usage', '--csv', '--quiet', ...shared, ...flags]);
            expect(outcome.status).toBe(0);
            expect(Buffer.from(csvOf(chosen))).toEqual(Buffer.from(outcome.stdout));
            seen.push(chosen.length);
          },
        ),
        { numRuns: 12, examples: [[EVERY_ROW]] },
      );
      expect(Math.max(...seen)).toBeGreaterThan(20);
    });
  });

  it('has the cost of each message and the invoice total of `usage`', async () => {
    const priced = ['--source', 'sample', '--credit-price', '0.0175', '--currency', 'GBP'];
    const { stdout } = await runMain(['report', '-', ...priced]);
    const { meta, rows } = parsePage(stdout);
    const csv = await runMain(['usage', '--csv', '--fields', 'message_id,cost,currency', ...priced]);
    const lines = rows.map(({ messageId, cost }) => `${messageId},${cost},GBP\r\n`);
    expect(csv.stdout).toBe(`message_id,cost,currency\r\n${lines.join('')}`);
    const { costScale } = readBill(meta, rows);
    const { text } = toDecimals(toUnits(meta.cost ?? '', costScale), costScale, meta.minorUnits);
    const table = await runMain(['usage', ...priced]);
    expect(table.stdout).toContain(`${text} GBP`);
    expect(() => readBill({ ...meta, cost: '11.53' }, rows)).toThrow('cost 11.529, not 11.53');
  });

  it('has the projection and the budget of `budget`, in the file and in what `serve` sends', async () => {
    await inFolder(async (folder) => {
      const start = Date.UTC(2024, 3, 1);
      const messages = Array.from({ length: 200 }, (_, index) => ({
        id: index,
        timestamp: new Date(start + index * 7_777_000).toISOString(),
        text: `message ${'word '.repeat(index % 7)}`,
      }));
      const path = join(folder, 'messages.json');
      writeFileSync(path, JSON.stringify({ messages }));
      for (const unit of ['credits', 'GBP']) {
        const money = unit === 'GBP' ? ['--credit-price', '0.5', '--currency', 'GBP'] : [];
        const flags = ['--source', path, ...money];
        const at = ['--as-of', '2024-04-19T12:00:00Z'];
        const limit = `900 ${unit}`;
        const report = await runMain(['report', '-', '--budget', limit, ...flags, ...at]);
        const { outlook } = parsePage(report.stdout).meta;
        const { stdout } = await runMain(['budget', limit, '--json', ...flags, ...at]);
        const [day, ...projection] = outlook?.projection?.at(-1) ?? [];
        const [projected, low, high] = projection.map(Number);
        const { budget } = JSON.parse(stdout);
        expect(budget).toMatchObject({
          unit,
          first_day: dayText(outlook?.firstDay ?? 0),
          last_day: dayText(outlook?.lastDay ?? 0),
          limit: Number(outlook?.limit),
          projection: { day: dayText(day ?? 0), projected, low, high },
        });
        const { share, crosses_on: crossesOn } = budget;
        const crossing = crossesOn === null ? '' : `, projected to be crossed on ${crossesOn}`;
        expect(outlook?.statements).toMatchObject([
          { name: `Projected by ${budget.last_day}` },
          { note: `${share} % of 900.00${crossing}`, value: budget.left.toFixed(2), share: share / 100 },
        ]);
      }
      const serving = await startServe(['--source', path, '--budget', '900']);
      try {
        const served = parsePage(await (await fetch(`${serving.url}/`)).text());
        const written = parsePage((await runMain(['report', '-', '--source', path])).stdout);
        expect(served.rows).toEqual(written.rows);
        expect(served.rows.every(({ counts, text: own }) => counts !== undefined && own === undefined)).toBe(
          true,
        );
        expect(served.meta.outlook?.limit).toBe('900');
      } finally {
        await serving.stop();
      }
    });
  });

  it('explains a price as `explain MESSAGE_ID` does', async () => {
    const { stdout } = await runMain(['report', '-', '--source', 'sample']);
    const { meta, rows } = parsePage(stdout);
    const explain = explainRows(meta);
    for (const id of ['1001', '1004', '1013']) {
      const row = rows.find(({ messageId }) => messageId === id);
      const price = row && explain(row);
      const { stdout: table } = await runMain(['explain', id, '--source', 'sample']);
      const cells = price && stepCells(price, price.rates);
      for (const [step = '', ...figures] of [...(cells?.rows ?? []), cells?.total ?? []]) {
        const line = table.split('\n').find((each) => each.trim().startsWith(step));
        expect(line?.trim().split(/ {2,}/)).toEqual([step, ...figures.filter((figure) => figure !== '')]);
      }
    }
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 160 }),
  fc
    .array(fc.constantFrom('a', 'word', 'Level', 'long-hyphen', 'été', '漢字', '!'), { maxLength: 40 })
    .map((words) => words.join(' ')),
  fc.array(fc.constantFrom('a', 'B', 'e')).map((letters) => [...letters, ...letters.toReversed()].join('')),
);
const amount = fc.oneof(
  fc.nat(2000).map(hundredths),
  fc.constantFrom(parseAmount('0.0333') ?? ZERO, parseAmount('1e20') ?? ZERO),
);
const rates = fc.record({
  base: amount,
  character: amount,
  longWord: amount,
  uniqueWordsBonus: amount,
  minimum: amount,
  palindromeFactor: fc.constantFrom(1, 2, 7, toDecimal(hundredths(150))),
});

describe('the explanation in the page', () => {
  it('has the steps of the engine for any text, ruleset and file of rates', () => {
    const zone = openTimeZone('UTC');
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...RULESETS),
        fc.option(rates, { nil: undefined }),
        (words, rules, changed) => {
          const message = { id: 7, timestamp: '2024-04-29T02:08:29.375Z', reportId: undefined, text: words };
          const own =
            rules === 'published' && changed !== undefined ? { ...PUBLISHED_RATES, ...changed } : undefined;
          const later = { validFrom: Date.UTC(2024, 3, 30), written: '2024-04-30', rates: PUBLISHED_RATES };
          const card: RateCard | undefined = own && {
            name: 'rates.json',
            sha256: '',
            dated: [{ validFrom: 0, written: '1970-01-01', rates: own }, later],
          };
          const expected = explainItem({ message, report: undefined, credits: ZERO }, rules, own);
          const subject = {
            source: '',
            period: '',
            rules,
            card,
            prices: undefined,
            limit: undefined,
            bounds: {},
            filtered: false,
            withText: false,
            readsTexts: true,
          };
          const renderer = pageRenderer({ head: '', tail: '', policy: '' }, zone, subject, () => 0);
          const none = { messages: 0, credits: ZERO };
          const item = { message, report: undefined, credits: expected.credits };
          const sums = { messages: 1, credits: expected.credits };
          const totals = { ...sums, byKind: { report: none, text: sums, 'missing-report': none } };
          const page = [renderer.rows([item]), ...renderer.tail(totals)].join('');
          const { meta, rows } = parsePage(page);
          const explain = explainRows(meta);
          const cells = rows.map((row) => {
            const price = explain(row);
            return price && stepCells(price, price.rates);
          });
          expect(cells).toEqual([stepCells(expected, own)]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
