import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readBill } from '../../src/page/data/bill.js';
import { csvOf } from '../../src/page/panels/table/messages.js';
import { selectFrom } from '../../src/page/view/select.js';
import { parseView } from '../../src/page/view/view.js';
import { describe as describeBill, makeRows } from './bills.js';
import { hasChromium, openWorkshop, type Workshop } from './browser.js';

const rows = makeRows(250);

const firstIds = async (page: Page, count = 3) =>
  (await page.locator('#rows tr .id').allTextContents()).slice(0, count);
const header = (page: Page, name: string) => page.locator('#columns').getByRole('button', { name });
const credits = (page: Page) => page.locator('.tile.main data').getAttribute('value');
const status = (page: Page) => page.getByRole('status').textContent();

describe.skipIf(!hasChromium)('the page in a browser', { timeout: 30_000 }, () => {
  let workshop: Workshop;
  let address: string;

  beforeAll(async () => {
    workshop = await openWorkshop();
    address = await workshop.write(rows, { state: 'open' });
  }, 30_000);

  afterEach(() => workshop.closePages());
  afterAll(() => workshop.close());

  it('shows the exact total, asks for nothing and complains of nothing', async () => {
    const { page, complaints, requests } = await workshop.open(address);
    expect(await credits(page)).toBe(describeBill(rows).total);
    expect(await page.title()).toBe('Copilot usage · current-period');
    expect(await page.locator('.bar').count()).toBe(30);
    await header(page, 'Credits').click();
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
  });

  it('sorts in three states by clicks, and by several columns in the order they were clicked', async () => {
    const { page } = await workshop.open(address);
    const asReceived = await firstIds(page);
    const sortOf = (name: string) => page.locator('#columns th', { hasText: name }).getAttribute('aria-sort');
    await header(page, 'Report').click();
    expect(await sortOf('Report')).toBe('ascending');
    await header(page, 'Credits').click();
    expect(await sortOf('Credits')).toBe('descending');
    expect(await page.locator('.precedence').allTextContents()).toEqual(['1', '2']);
    const byBoth = rows
      .map((row, index) => ({ ...row, index }))
      .filter(({ reportName }) => reportName === 'Maintenance Responsibilities Report')
      .sort((a, b) => Number(b.credits) - Number(a.credits) || a.index - b.index);
    expect(await firstIds(page)).toEqual(byBoth.slice(0, 3).map(({ messageId }) => messageId));
    await header(page, 'Report').click();
    expect(await page.locator('.precedence').allTextContents()).toEqual(['1', '2']);
    await header(page, 'Report').click();
    expect(await sortOf('Report')).toBe('none');
    await header(page, 'Credits').click();
    expect(await sortOf('Credits')).toBe('ascending');
    await header(page, 'Credits').click();
    expect(await firstIds(page)).toEqual(asReceived);
  });

  it('filters by text, kind and days, with totals that follow', async () => {
    const { page } = await workshop.open(address);
    await page.getByRole('searchbox').fill('tenant');
    const named = rows.filter(({ reportName }) => reportName?.startsWith('Tenant'));
    expect(await status(page)).toContain(`${named.length} messages`);
    expect(await credits(page)).toBe(String(named.length * 79));
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('radio', { name: 'Missing report' }).check({ force: true });
    const missing = rows.filter(({ kind }) => kind === 'missing-report');
    expect(await status(page)).toContain(`${missing.length} messages`);
    await page.getByRole('radio', { name: 'All' }).check({ force: true });
    await page.getByLabel('From').fill('2024-04-10');
    await page.getByLabel('To', { exact: true }).fill('2024-04-11');
    const inRange = rows.filter(({ timestamp }) => /^2024-04-1[01]/.test(timestamp));
    expect(await status(page)).toContain(`${inRange.length} messages`);
    expect(await page.locator('.bar:not(.outside)').count()).toBe(2);
  });

  it('fault D2 (one form of a date): a field takes a day as the page shows it, and says so to anything else', async () => {
    const { page } = await workshop.open(address, { locale: 'en-US' });
    const from = page.getByLabel('From');
    const alert = page.getByRole('alert');
    await from.fill('2024-04-10');
    const since = rows.filter(({ timestamp }) => timestamp >= '2024-04-10').length;
    expect(await status(page)).toContain(`${since} messages`);
    await from.fill('04/11/2024');
    await from.press('Tab');
    expect(await alert.textContent()).toContain('Write a day as YYYY-MM-DD');
    expect(await from.getAttribute('aria-invalid')).toBe('true');
    expect(await status(page)).toContain(`${since} messages`);
    await page.getByRole('searchbox').fill('report');
    expect(await from.inputValue()).toBe('04/11/2024');
    await from.fill('2024-04-11');
    expect(await alert.count()).toBe(0);
    await from.fill('2024-02-30');
    await from.press('Tab');
    expect(await alert.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await from.inputValue()).toBe('');
    expect(await alert.count()).toBe(0);
    expect(await status(page)).toContain('250 messages');
  });

  it.each(['en-US', 'de-DE', 'ja-JP'])(
    'fault D2 (one form of a date): every date of the page is ISO in a browser set to %s',
    async (locale) => {
      const { page } = await workshop.open(`${address}#from=2024-04-03&to=2024-04-05`, { locale });
      await page.getByText('The chart as a table').click();
      await page.locator('.days').waitFor();
      const text = await page
        .locator('main, header, main *, header *')
        .evaluateAll((elements) =>
          elements.flatMap(({ childNodes }) =>
            [...childNodes].flatMap((node) => (node.nodeType === Node.TEXT_NODE ? [node.nodeValue] : [])),
          ),
        );
      const labels = await page.locator('.bar').first().getAttribute('aria-label');
      const fields = await page.getByLabel('From').inputValue();
      const all = `${text.join(' ')} ${labels} ${fields}`;
      expect(all.match(/\d{4}-\d\d-\d\d/g)?.length).toBeGreaterThan(20);
      const rest = all.replace(/\d{4}-\d\d-\d\d/g, '');
      expect(rest).not.toMatch(
        /\d[-/.]\d+[-/.]\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d|\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/,
      );
      expect(await page.locator('input[type=date]').count()).toBe(0);
    },
  );

  it('keeps the view over a reload, and Back and Forward step through it', async () => {
    const { page } = await workshop.open(address);
    await header(page, 'Credits').click();
    await page.getByRole('searchbox').pressSequentially('report');
    const filtered = await status(page);
    const ids = await firstIds(page);
    await page.reload();
    expect(await status(page)).toBe(filtered);
    expect(await firstIds(page)).toEqual(ids);
    expect(await page.getByRole('searchbox').inputValue()).toBe('report');
    await page.goBack();
    await expect.poll(() => status(page)).toContain('250 messages');
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    await page.goBack();
    await expect.poll(() => status(page)).toContain('as received');
    await page.goForward();
    await page.goForward();
    await expect.poll(() => status(page)).toBe(filtered);
  });

  it('opens a link to a view as that view', async () => {
    const link = `${address}#sort=message_id.desc&kind=report&page=2`;
    const { page } = await workshop.open(link);
    expect(await page.getByRole('radio', { name: 'Report', exact: true }).isChecked()).toBe(true);
    const reports = rows.filter(({ kind }) => kind === 'report').reverse();
    const start = reports.length > 100 ? 100 : 0;
    expect(await firstIds(page, 1)).toEqual([reports[start]?.messageId]);
  });

  it('turns pages by buttons, by keys and by number', async () => {
    const { page } = await workshop.open(address);
    await page.getByRole('button', { name: 'Next page' }).click();
    expect(await firstIds(page, 1)).toEqual(['1100']);
    await page.keyboard.press('End');
    expect(await firstIds(page, 1)).toEqual(['1200']);
    await page.keyboard.press('ArrowLeft');
    expect(await firstIds(page, 1)).toEqual(['1100']);
    await page.getByRole('spinbutton', { name: 'Page' }).fill('3');
    await page.keyboard.press('Enter');
    expect(await firstIds(page, 1)).toEqual(['1200']);
    await page.getByRole('spinbutton', { name: 'Page' }).fill('99');
    await page.keyboard.press('Enter');
    expect(await firstIds(page, 1)).toEqual(['1200']);
  });

  it('chooses days in the chart by click, by drag and by keyboard', async () => {
    const { page } = await workshop.open(address);
    const bar = (index: number) => page.locator(`[data-index="${index}"]`);
    const range = async () => [
      await page.getByLabel('From').inputValue(),
      await page.getByLabel('To', { exact: true }).inputValue(),
    ];
    await bar(4).click();
    expect(await range()).toEqual(['2024-04-05', '2024-04-05']);
    await bar(4).click();
    expect(await range()).toEqual(['', '']);
    await bar(6).hover();
    await page.mouse.down();
    await bar(8).hover();
    await bar(2).hover();
    await page.mouse.up();
    expect(await range()).toEqual(['2024-04-03', '2024-04-07']);
    await bar(2).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await range()).toEqual(['2024-04-04', '2024-04-04']);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Enter');
    expect(await range()).toEqual(['2024-04-04', '2024-04-05']);
    await page.keyboard.press('Escape');
    expect(await range()).toEqual(['', '']);
  });

  it('chooses a day when the top of the chart is out of sight', async () => {
    const { page } = await workshop.open(address, { viewport: { width: 1000, height: 600 } });
    const plot = page.locator('#plot svg');
    await plot.evaluate((chart) => scrollBy(0, chart.getBoundingClientRect().top + 80));
    const bar = await page.locator('[data-index="4"] .reach').boundingBox();
    expect(bar?.y).toBeLessThan(0);
    await page.mouse.click((bar?.x ?? 0) + 2, 40);
    expect(await page.getByLabel('From').inputValue()).toBe('2024-04-05');
  });

  it('shows totals by report, of which a click or a key filters and filters no more', async () => {
    const { page } = await workshop.open(address);
    const report = (name: string) => page.locator('#reports').getByRole('button', { name });
    const figures = await page
      .locator('#reports data')
      .evaluateAll((all) => all.map((each) => each.getAttribute('value')));
    const named = rows.filter(({ reportId }) => reportId !== undefined);
    expect(figures.reduce((sum, value) => sum + Number(value), 0)).toBeCloseTo(
      named.reduce((sum, row) => sum + Number(row.credits), 0),
      6,
    );
    expect(figures.map(Number)).toEqual(figures.map(Number).sort((a, b) => b - a));
    const tenants = rows.filter(({ reportName }) => reportName?.startsWith('Tenant'));
    await report('Tenant').click();
    expect(await status(page)).toContain(`${tenants.length} messages`);
    expect(await report('Tenant').getAttribute('aria-pressed')).toBe('true');
    expect(page.url()).toContain('report=0');
    expect(await page.locator('#reports button').count()).toBe(figures.length);
    await page.keyboard.press('Enter');
    expect(await status(page)).toContain('250 messages');
    await page.keyboard.press('Space');
    expect(await status(page)).toContain(`${tenants.length} messages`);
    expect(await page.locator('#reports [tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await report('Tenant').evaluate((button) => button === document.activeElement)).toBe(true);
    await report('missing').click();
    expect(await status(page)).toContain(
      `${rows.filter(({ reportId }) => reportId === '404').length} messages`,
    );
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await status(page)).toContain('250 messages');
  });

  it('opens a row to the steps of its price, by click and by keyboard', async () => {
    const { page } = await workshop.open(address);
    const report = rows.findIndex(({ kind }) => kind === 'report');
    const button = page.locator('#rows .unfold').nth(report);
    await button.click();
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    const steps = page.locator('.steps');
    expect(await steps.locator('tbody th').allTextContents()).toEqual(['Report']);
    expect(await page.locator('.explanation p').textContent()).toContain(rows[report]?.reportName);
    await header(page, 'Message').click();
    expect(await steps.count()).toBe(1);
    await page.locator('#rows .unfold').first().focus();
    for (let down = 0; down < report; down++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await steps.count()).toBe(0);
    expect(await page.locator('#rows [tabindex="0"]').count()).toBe(1);
  });

  it('downloads the rows that the filter leaves', async () => {
    const { page, complaints } = await workshop.open(`${address}#kind=report&sort=credits_used.desc`);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe('usage-current-period.csv');
    const bill = readBill(describeBill(rows), rows);
    const chosen = selectFrom(bill)(parseView('#kind=report&sort=credits_used.desc')).rows;
    expect(await readFile(await download.path(), 'utf8')).toBe(csvOf(chosen));
    expect(complaints).toEqual([]);
  });

  it('offers the chart as a table that adds up to the total', async () => {
    const { page } = await workshop.open(`${address}#from=2024-04-10&to=2024-04-12`);
    await page.getByText('The chart as a table').click();
    await page.locator('.days tbody tr').first().waitFor();
    expect(await page.locator('.days tbody th').allTextContents()).toEqual([
      '2024-04-10',
      '2024-04-11',
      '2024-04-12',
    ]);
    const counts = await page.locator('.days tbody td:nth-child(2)').allTextContents();
    const inRange = rows.filter(({ timestamp }) => timestamp >= '2024-04-10' && timestamp < '2024-04-13');
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(inRange.length);
  });

  it('draws months where days are too many, and counts only the days in the range', async () => {
    const years = makeRows(400, 1200);
    const range = '#from=2024-04-15&to=2024-05-10';
    const { page } = await workshop.open((await workshop.write(years)) + range);
    expect(await page.locator('#chart-title').textContent()).toBe('Credits a month');
    expect(await page.locator('.bar:not(.outside)').count()).toBe(2);
    const line = await page.locator('.used-line').getAttribute('points');
    expect(line?.split(' ').length).toBe(await page.locator('.bar').count());
    await page.getByText('The chart as a table').click();
    await page.locator('.days').waitFor();
    const counts = await page.locator('.days tbody td:nth-child(2)').allTextContents();
    const inRange = years.filter(({ timestamp }) => timestamp >= '2024-04-15' && timestamp < '2024-05-11');
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(inRange.length);
    await page.locator('[data-index="1"]').click();
    expect(await page.getByLabel('From').inputValue()).toBe('2024-05-01');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2024-05-31');
  });
});
