import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inFolder, runBin } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { startUpstream } from '../upstream.js';
import { hasChromium, openWorkshop, type Workshop } from './browser.js';

describe.skipIf(!hasChromium)('what `report` writes, in a browser', { timeout: 60_000 }, () => {
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = await openWorkshop();
  }, 30_000);
  afterEach(() => workshop.closePages());
  afterAll(() => workshop.close());

  it('has the exact total of `usage`, asks for nothing, and says what it is of', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.html');
      const run = await runMain(['report', path, '--source', 'sample', '--as-of', '2024-05-02T00:00:00Z']);
      expect(run).toMatchObject({ stdout: '', stderr: '', status: 0 });
      const { page, complaints, requests } = await workshop.open(pathToFileURL(path).href);
      expect(await page.locator('.tile.main data').getAttribute('value')).toBe('658.8');
      expect(await page.locator('#rows tr').count()).toBe(35);
      expect(await page.locator('body').textContent()).toContain('closed');
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => url.startsWith('http'))).toEqual([]);
    });
  });

  it('shows a report named like a script as text', async () => {
    const name = '</script><script>document.title = "taken"</script>';
    const upstream = await startUpstream({
      messages: { messages: [{ id: 1, timestamp: '2024-04-29T02:08:29Z', text: 'a', report_id: 5 }] },
      reports: { 5: { id: 5, name, credit_cost: 1 } },
    });
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.html');
      expect(await runMain(['--output', path, '--source', upstream.url])).toMatchObject({ status: 0 });
      const { page, complaints } = await workshop.open(pathToFileURL(path).href);
      expect(await page.title()).not.toBe('taken');
      expect(await page.locator('#rows').textContent()).toContain(name);
      expect(complaints).toEqual([]);
    });
    await upstream.close();
  });

  it('has the texts of the messages only with `--with-text`, and then searches them', async () => {
    const text = 'A quokka </script> that no other message has 漢字';
    const messages = [text, 'another wombat'].map((each, index) => ({
      id: index + 1,
      timestamp: '2024-04-29T02:08:29Z',
      text: each,
      ...(index === 1 && { report_id: 5 }),
    }));
    const upstream = await startUpstream({
      messages: { messages },
      reports: { 5: { id: 5, name: 'R', credit_cost: 1 } },
    });
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.html');
      const without = ['report', path, '--source', upstream.url];
      expect(await runMain(without)).toMatchObject({ status: 0 });
      const closed = readFileSync(path, 'utf8');
      const parts = ['quokka', 'that no other', '漢字', 'another wombat'];
      expect(parts.filter((part) => closed.includes(part))).toEqual([]);
      const { page } = await workshop.open(pathToFileURL(path).href);
      await page.getByRole('searchbox').fill('no other message');
      expect(await page.getByRole('status').textContent()).toContain('0 messages');
      expect(await runMain([...without, '--with-text'])).toMatchObject({ status: 0 });
      const opened = await workshop.open(`${pathToFileURL(path).href}#q=NO+OTHER+message`);
      expect(await opened.page.getByRole('status').textContent()).toContain('1 message,');
      await opened.page.locator('#rows .unfold').click();
      expect(await opened.page.locator('.explanation blockquote').textContent()).toBe(text);
      expect(opened.complaints).toEqual([]);
    });
    expect(await runMain(['--csv', '--with-text', '--source', upstream.url])).toMatchObject({ status: 64 });
    await upstream.close();
  });

  it('shows totals and the first rows without scripts, and nothing of a file that was cut', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.html');
      expect(await runMain(['report', path, '--source', 'sample'])).toMatchObject({ status: 0 });
      const { page, complaints } = await workshop.open(pathToFileURL(path).href, {
        javaScriptEnabled: false,
      });
      expect(await page.locator('#static .tile-value').allTextContents()).toEqual(['658.8', '35']);
      expect(await page.locator('#static tbody tr').count()).toBe(35);
      await page.locator('#static').waitFor();
      expect(await page.locator('#trouble').isVisible()).toBe(false);
      expect(complaints).toEqual([]);
      const whole = readFileSync(path, 'utf8');
      for (const part of [whole.indexOf('id="static"') + 1200, whole.length - 60]) {
        writeFileSync(path, whole.slice(0, part));
        const cut = await workshop.open(pathToFileURL(path).href, { javaScriptEnabled: false });
        expect(await cut.page.getByText('658').isVisible()).toBe(false);
        await cut.page.locator('#trouble').waitFor();
      }
    });
  });

  it('gives the same bytes again, and totals what was chosen', async () => {
    const flags = ['--source', 'sample', '--kind', 'report', '--as-of', '2024-05-02T00:00:00Z'];
    const [first, second] = await Promise.all([
      runMain(['report', '-', ...flags]),
      runBin(['report', '-', ...flags], { env: { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8' } }),
    ]);
    expect(first.stdout).toContain('"total":"534.65"');
    expect(first.stdout).toContain('"filtered":true');
    expect(second.stdout).toBe(first.stdout);
  });
});

it('a failure leaves the old page', async () => {
  const upstream = await startUpstream({ script: { '/messages/current-period': { status: 400 } } });
  await inFolder(async (folder) => {
    const path = join(folder, 'bill.html');
    expect(await runMain(['report', path, '--source', 'sample'])).toMatchObject({ status: 0 });
    const before = readFileSync(path, 'utf8');
    expect(await runMain(['report', path, '--source', upstream.url])).toMatchObject({ status: 69 });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
  await upstream.close();
});
