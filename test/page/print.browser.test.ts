import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { startServe } from '../service/start-serve.js';
import { makeRows } from './bills.js';
import { hasChromium, openWorkshop, type Workshop } from './browser.js';

const hasPdftotext = spawnSync('pdftotext', ['-v']).error === undefined;

const HEADS = /^ *Message\b.* Time\b.* Report\b.* Kind\b.* Credits\b.*$/gm;
const TOTAL = /^ *Total of [\d,]+ messages? /gm;

/** The text of each sheet, as `pdftotext` lays it out. */
async function sheets(page: Page, format = 'A4'): Promise<string[]> {
  const pdf = await page.pdf({ format });
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
  return text.split('\f').slice(0, -1);
}

/** What every print of `count` messages must have from the sheet on which the table begins. */
function expectWholeTable(all: readonly string[], ids: readonly string[]): void {
  const printed = all.slice(all.findIndex((sheet) => /^ *Messages$/m.test(sheet)));
  expect(printed.map((sheet) => sheet.match(HEADS)?.length)).toEqual(printed.map(() => 1));
  const totals = printed.map((sheet) => sheet.match(TOTAL)?.length ?? 0);
  expect(totals).toEqual(printed.map((_, index) => (index === printed.length - 1 ? 1 : 0)));
  const rows = printed.flatMap((sheet) => [...sheet.matchAll(/^ *(\d+) +\d{4}-\d\d-\d\d /gm)]);
  expect(rows.map(([, id]) => id)).toEqual(ids);
}

function writeMessages(path: string, count: number): void {
  const messages = Array.from({ length: count }, (_, index) => ({
    id: 1000 + index,
    timestamp: new Date(Date.UTC(2024, 3, 1, 0, index * 20)).toISOString(),
    text: `message ${index}`,
  }));
  writeFileSync(path, JSON.stringify({ messages }));
}

describe.skipIf(!hasChromium || !hasPdftotext)(
  'the printed page (needs Chromium and pdftotext)',
  { timeout: 90_000 },
  () => {
    let workshop: Workshop;
    beforeAll(async () => {
      workshop = await openWorkshop();
    }, 30_000);
    afterEach(() => workshop.closePages());
    afterAll(() => workshop.close());

    it.each<[number, string, string]>([
      [1, 'A4', ''],
      [110, 'A4', ''],
      [110, 'Letter', '#sort=message_id.asc'],
      [1500, 'A4', ''],
    ])(
      'fault D1 (a table over many sheets): %i rows on %s%s have column heads on every sheet and the total once',
      async (count, format, fragment) => {
        const rows = makeRows(count);
        const { page } = await workshop.open((await workshop.write(rows)) + fragment, {
          colorScheme: 'dark',
        });
        const printed = await sheets(page, format);
        expect(printed.length).toBeGreaterThan(count / 60);
        expectWholeTable(
          printed,
          rows.map(({ messageId }) => messageId),
        );
      },
    );

    it('fault D1 (a table over many sheets): the page that `report` writes and the one that `serve` sends', async () => {
      await inFolder(async (folder) => {
        const messages = join(folder, 'messages.json');
        const report = join(folder, 'bill.html');
        writeMessages(messages, 110);
        const ids = Array.from({ length: 110 }, (_, index) => String(1000 + index));
        expect(await runMain(['report', report, '--source', messages])).toMatchObject({ status: 0 });
        const file = await workshop.open(pathToFileURL(report).href);
        expectWholeTable(await sheets(file.page), ids);
        const serving = await startServe(['--source', messages]);
        try {
          const served = await workshop.open(`${serving.url}/`);
          expectWholeTable(await sheets(served.page), ids);
        } finally {
          await workshop.closePages();
          await serving.stop();
        }
      });
    });

    it('fault D1 (a table over many sheets): the opened table of days has its heads on every sheet, too', async () => {
      const { page } = await workshop.open(await workshop.write(makeRows(200, 200)));
      await page.getByText('The chart as a table').click();
      await page.locator('.days').waitFor();
      const days = (await sheets(page)).filter((sheet) => /^ *\d{4}-\d\d-\d\d +\d+ /m.test(sheet));
      expect(days.length).toBeGreaterThan(2);
      for (const sheet of days) expect(sheet).toMatch(/^ *Day +Messages +Report +Text/m);
    });
  },
);
