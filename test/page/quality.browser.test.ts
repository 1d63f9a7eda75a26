import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPageShell } from '../../build/page.js';
import { dayOfDate } from '../../src/calendar/days.js';
import type { PageOutlook } from '../../src/format/page/page-meta.js';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { makeRows } from './bills.js';
import { hasChromium, openWorkshop, type Workshop } from './browser.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Rules of axe that the page breaks, however slightly, with the elements that break them. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

const FIRST_DAY = dayOfDate(2024, 4, 1);
const OUTLOOK: PageOutlook = {
  unit: 'credits',
  firstDay: FIRST_DAY,
  lastDay: FIRST_DAY + 9,
  projection: [
    [FIRST_DAY + 7, '150', '140', '160'],
    [FIRST_DAY + 8, '170', '150', '190'],
    [FIRST_DAY + 9, '190', '160', '220'],
  ],
  limit: '180',
  statements: [
    {
      name: 'Projected by 2024-04-10',
      value: 'about 190',
      note: '80 % interval 160 to 220',
      sentence: 'Projected by 2024-04-10: about 190 credits (80 % interval 160 to 220).',
    },
    {
      name: 'Budget left',
      value: '30.10',
      note: '83.28 % of 180.00',
      sentence: 'Budget: 180.00 credits, 83.28 % used.',
      share: 0.8328,
      over: false,
    },
  ],
};

/** The first number below `limit` of at most three measurements, since a machine may be busy; else the least. */
async function best(
  limit: number,
  measure: () => Promise<number>,
  prepareAgain: () => Promise<unknown> = async () => {},
): Promise<number> {
  let least = await measure();
  for (let again = 0; again < 2 && least >= limit; again++) {
    await prepareAgain();
    least = Math.min(least, await measure());
  }
  return least;
}

/** Milliseconds until the page has answered a click and laid itself out. */
function click(page: Page, name: string): Promise<number> {
  return page
    .locator('#columns')
    .getByRole('button', { name })
    .evaluate((button: HTMLElement) => {
      const start = performance.now();
      button.click();
      document.body.getBoundingClientRect();
      return performance.now() - start;
    });
}

const WORDS =
  'Are there any restrictions on alterations or improvements to the premises under this lease'.split(' ');

/** Messages of 3 to 16 words over a month. */
function makeMessages(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: 1000 + index,
    timestamp: new Date(Date.UTC(2024, 3, 1) + index * 25_000).toISOString(),
    text: Array.from(
      { length: 3 + (index % 14) },
      (_each, word) => WORDS[(index * 7 + word * 5) % WORDS.length],
    ).join(' '),
  }));
}

describe.skipIf(!hasChromium)('the page, for everyone', { timeout: 60_000 }, () => {
  let workshop: Workshop;
  let address: string;
  let small: string;

  beforeAll(async () => {
    workshop = await openWorkshop();
    address = await workshop.write(makeRows(250), { state: 'open' });
    small = await workshop.write(makeRows(16, 8), { state: 'open', outlook: OUTLOOK });
  }, 30_000);

  afterEach(() => workshop.closePages());
  afterAll(() => workshop.close());

  it.each<[string, string, BrowserContextOptions]>([
    ['in light', '#sort=report_name.asc&sort=credits_used.desc', { colorScheme: 'light' }],
    ['in dark, with a range', '#from=2024-04-03&to=2024-04-05', { colorScheme: 'dark' }],
    ['narrow', '', { viewport: { width: 360, height: 740 } }],
    ['without a match', '#q=nothing', {}],
  ])('has no fault of accessibility %s', async (_, fragment, options) => {
    const { page } = await workshop.open(small + fragment, options);
    await page.getByText('The chart as a table').click();
    await page.locator('.days').waitFor();
    if (fragment !== '#q=nothing') await page.locator('.unfold').first().click();
    expect(await faults(page)).toEqual([]);
  });

  it('has none where a field holds no day', async () => {
    const { page } = await workshop.open(small);
    await page.getByLabel('From').fill('04/11/2024');
    await page.getByLabel('From').press('Tab');
    await page.getByRole('alert').waitFor();
    expect(await faults(page)).toEqual([]);
  });

  it('has none in an empty period', async () => {
    const { page } = await workshop.open(await workshop.write([]));
    expect(await faults(page)).toEqual([]);
  });

  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 390, height: 740 } }],
  ])('history (its page): has no fault of accessibility, and fits the window, %s', async (_, options) => {
    await inFolder(async (folder) => {
      const months = ['2024-02', '2024-03', '2024-05'];
      for (const [index, month] of months.entries()) {
        const rows = [1, 2, 3].map(
          (day) => `${index}${day},${month}-0${day}T00:00:00Z,Report ${day},1${index}.${day},0.3,GBP`,
        );
        const lines = ['message_id,timestamp,report_name,credits_used,cost,currency', ...rows, ''];
        await writeFile(join(folder, `the export of ${month}.csv`), lines.join('\r\n'));
      }
      const path = join(folder, 'history.html');
      const inputs = months.map((month) => `the export of ${month}.csv`);
      const words = ['history', ...inputs, '--as-of', '2024-05-04T00:00:00Z', '--output', path];
      expect(await runMain(words, { cwd: folder })).toMatchObject({ status: 0 });
      const { page, complaints } = await workshop.open(pathToFileURL(path).href, options);
      expect(await faults(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    });
  });

  it('breaks no date of the chart as a table, and shows the name of a budget at the top of its chart', async () => {
    const { projection: _, ...closed } = OUTLOOK;
    const outlook = { ...closed, limit: '200' };
    const narrow = { viewport: { width: 390, height: 740 } };
    const { page } = await workshop.open(await workshop.write(makeRows(16, 8), { outlook }), narrow);
    await page.getByText('The chart as a table').click();
    const [head, row] = [page.locator('.days thead th').first(), page.locator('.days tbody th').first()];
    expect(await head.textContent()).toBe('Day');
    const [one, two] = [await head.boundingBox(), await row.boundingBox()];
    expect((two?.height ?? 0) - (one?.height ?? 0)).toBeLessThan(8);
    const top = await page.locator('.limit-name').evaluate((name: SVGTextElement) => name.getBBox().y);
    expect(top).toBeGreaterThanOrEqual(0);
  });

  it.each([360, 700, 1200])('fits a window of %i pixels', async (width) => {
    const { page } = await workshop.open(address, { viewport: { width, height: 800 } });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(excess).toBeLessThanOrEqual(0);
    const credits = await page.locator('#rows .number').first().boundingBox();
    expect((credits?.x ?? 0) + (credits?.width ?? 0)).toBeLessThanOrEqual(width);
  });

  it('works over HTTP with its policy as a header, and asks for nothing else', async () => {
    const { policy } = await buildPageShell();
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
      response.end(workshop.render(makeRows(250)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : undefined;
    const { page, complaints } = await workshop.open(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.reload();
    expect(await page.locator('#rows .id').first().textContent()).toBe('1100');
    await page.goBack();
    await expect.poll(() => page.locator('#rows .id').first().textContent()).toBe('1000');
    expect(complaints).toEqual([]);
    expect(new Set(asked)).toEqual(new Set(['/']));
    await page.close();
    server.close();
  });

  it('prints every row that the filter leaves, and puts the page back', async () => {
    const { page } = await workshop.open(`${address}#kind=text`);
    const printed = await page.evaluate(() => {
      dispatchEvent(new Event('beforeprint'));
      const count = document.querySelectorAll('#rows tr').length;
      dispatchEvent(new Event('afterprint'));
      return [count, document.querySelectorAll('#rows tr').length];
    });
    const texts = makeRows(250).filter(({ kind }) => kind === 'text').length;
    expect(printed).toEqual([texts, 100]);
  });

  it('is usable within 2 s with 100,000 rows in at most 8 MB, and then answers without a pause', async () => {
    await inFolder(async (folder) => {
      const messages = join(folder, 'messages.json');
      const report = join(folder, 'bill.html');
      await writeFile(messages, JSON.stringify({ messages: makeMessages(100_000) }));
      const flags = ['--source', messages, '--credit-price', '0.02', '--currency', 'GBP'];
      expect(await runMain(['report', report, ...flags])).toMatchObject({ status: 0 });
      expect((await stat(report)).size).toBeLessThan(8_000_000);
      const { page, complaints } = await workshop.open(pathToFileURL(report).href);
      const ready = () =>
        page.evaluate(() => {
          const [entry] = performance.getEntriesByType('navigation');
          return entry instanceof PerformanceNavigationTiming ? entry.domContentLoadedEventEnd : Number.NaN;
        });
      expect(await best(2000, ready, () => page.reload())).toBeLessThan(2000);
      expect(await page.getByRole('status').textContent()).toContain('100,000 messages');
      for (const name of ['Message', 'Time', 'Report', 'Kind', 'Credits', 'Cost']) {
        expect(await best(2000, () => click(page, name))).toBeLessThan(2000);
      }
      await page.getByRole('searchbox').fill('9999');
      await expect.poll(() => page.getByRole('status').textContent()).toMatch(/^\d\d+ messages/);
      await page.locator('.unfold').first().click();
      expect(await page.locator('.steps tfoot').textContent()).toContain('Total');
      expect(complaints).toEqual([]);
    });
  });

  it('is small, decimal.js included, with which explanations are exact', async () => {
    const { head, tail } = await buildPageShell();
    expect(Buffer.byteLength(head + tail)).toBeLessThan(110_000);
  });
});
