import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dayOfDate } from '../../src/calendar/days.js';
import type { PageRow } from '../../src/format/page/bill-data.js';
import { makeRows } from './bills.js';
import { hasChromium, openWorkshop, type Workshop } from './browser.js';

const HOSTILE = '</script><script>document.title="owned"</script><!--<script>\u2028&amp;\u202e';

function row(messageId: string, more: Partial<PageRow> = {}): PageRow {
  return {
    messageId,
    timestamp: '2024-04-29T23:08:29.375Z',
    day: dayOfDate(2024, 4, 29),
    kind: 'text',
    credits: '5.2',
    ...more,
  };
}

/** What Ctrl+C takes of the selection, seen by pasting it into the search. */
async function copied(page: Page): Promise<string> {
  await page.keyboard.press('Control+c');
  const search = page.getByRole('searchbox');
  await search.fill('');
  await search.press('Control+v');
  return search.inputValue();
}

describe.skipIf(!hasChromium)('what the page shows of the data', { timeout: 30_000 }, () => {
  let workshop: Workshop;

  beforeAll(async () => {
    workshop = await openWorkshop();
  }, 30_000);

  afterEach(() => workshop.closePages());
  afterAll(() => workshop.close());

  it('takes a name full of markup as text, and shows what cannot be seen', async () => {
    const address = await workshop.write([row('1', { kind: 'report', reportId: '5', reportName: HOSTILE })], {
      period: HOSTILE,
      source: HOSTILE,
    });
    const { page, complaints } = await workshop.open(address);
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('#rows .name data').getAttribute('value')).toBe(HOSTILE);
    expect(await page.locator('#rows .name').textContent()).toContain('</script><script>');
    expect(await page.locator('#rows .name').textContent()).not.toContain('\u202e');
    expect(complaints).toEqual([]);
  });

  it('runs no script but its own', async () => {
    const address = await workshop.write([row('1')]);
    const { page, complaints } = await workshop.open(address);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:9/x.png" onerror="1">');
    });
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
    expect(complaints.every((text) => text.includes('Content Security Policy'))).toBe(true);
    expect(await page.title()).not.toBe('owned');
  });

  it('shows two decimals, and gives exact digits on hover and to whoever copies', async () => {
    const address = await workshop.write([row('1', { credits: '12345.67891' }), row('2')]);
    const { page } = await workshop.open(address);
    const figure = page.locator('#rows tr:first-child .number data');
    expect(await figure.textContent()).toBe('12,345.68');
    expect(await figure.getAttribute('title')).toBe('12345.67891');
    await figure.dblclick();
    expect(await copied(page)).toBe('12345.67891');
  });

  it('copies exact digits of several rows, and goes on showing two decimals', async () => {
    const address = await workshop.write([row('1', { credits: '1.23456' }), row('2', { credits: '5' })]);
    const { page } = await workshop.open(address);
    await page.locator('#rows').evaluate((body) => getSelection()?.selectAllChildren(body));
    const text = await copied(page);
    expect(text).toContain('1.23456');
    expect(text).not.toContain('5.00');
    await page.getByRole('searchbox').fill('');
    expect(await page.locator('#rows .number').allTextContents()).toEqual(['1.23', '5.00']);
  });

  it("shows a time in the bill's zone, what upstream sent on hover, and that alone where the two disagree", async () => {
    const rows = [30, 28].map((date) => row(`${date}`, { day: dayOfDate(2024, 4, date) }));
    const address = await workshop.write(rows, { timezone: 'Asia/Tokyo' });
    const { page } = await workshop.open(address, { timezoneId: 'America/New_York' });
    const times = page.locator('#rows time');
    expect(await times.nth(0).textContent()).toBe('2024-04-30 08:08');
    expect(await times.nth(0).getAttribute('title')).toBe('2024-04-29T23:08:29.375Z');
    expect((await times.nth(1).textContent())?.trim()).toBe('2024-04-29T23:08:29.375Z');
  });

  it('explains no price without counts, and none that its counts do not add up to', async () => {
    const counts = [57, 2, 3, 4, 3, 0, 1];
    const rows = [row('1'), row('2', { counts, credits: '4.75' }), row('3', { counts, credits: '5.3' })];
    const { page } = await workshop.open(await workshop.write(rows));
    for (const index of [0, 1, 2]) await page.locator('.unfold').nth(index).click();
    const texts = await page.locator('.explanation').allTextContents();
    expect(texts[0]).toContain('The texts were not at hand');
    expect(texts[1]).toContain('Third vowels');
    expect(texts[2]).toContain('the steps of message 3 do not add up to 5.3 credits');
  });

  it('welcomes an empty period', async () => {
    const { page, complaints } = await workshop.open(await workshop.write([], { state: 'open' }));
    expect(await page.getByText('No messages in this period yet').isVisible()).toBe(true);
    expect(await page.locator('#messages').isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('says so when the command left messages out', async () => {
    const { page } = await workshop.open(await workshop.write([row('1')], { filtered: true }));
    expect(await page.getByText('left messages out').isVisible()).toBe(true);
  });

  it.each([
    ['a total that its messages do not add up to', { total: '5.3' }],
    ['a count that is not theirs', { count: 2 }],
  ])('shows no figure of a file with %s', async (_, meta) => {
    const { page } = await workshop.open(await workshop.write([row('1')], meta));
    expect(await page.getByRole('alert').textContent()).toContain('This file is damaged');
    expect(await page.locator('#bill').isVisible()).toBe(false);
  });

  it('shows no figure of a file that was cut anywhere', async () => {
    const whole = workshop.render(makeRows(20));
    for (const part of [0.3, 0.9, 0.999]) {
      const { page } = await workshop.open(await workshop.keep(whole.slice(0, whole.length * part)));
      expect(await page.locator('#bill').isVisible()).toBe(false);
    }
  });
});
