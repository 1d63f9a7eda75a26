import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { buildPageShell } from '../../build/page.js';
import type { PageRow } from '../../src/format/page/bill-data.js';
import { htmlRenderer } from '../../src/format/page/page.js';
import type { PageMeta } from '../../src/format/page/page-meta.js';
import { describe } from './bills.js';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Without Chromium the browser's tests are skipped, and vitest says so. */
export const hasChromium = existsSync(EXECUTABLE);

/** A page that is open, with everything it said and asked for. */
interface OpenPage {
  readonly page: Page;
  /** What the console said and what was thrown. */
  readonly complaints: readonly string[];
  /** Every address asked for. */
  readonly requests: readonly string[];
}

export interface Workshop {
  /** A page as the command would write it, in batches. */
  render(rows: readonly PageRow[], meta?: Partial<PageMeta>): string;
  /** Keeps a page as a file. Returns its file: URL. */
  keep(text: string): Promise<string>;
  /** `render`, then `keep`. */
  write(rows: readonly PageRow[], meta?: Partial<PageMeta>): Promise<string>;
  open(address: string, options?: BrowserContextOptions): Promise<OpenPage>;
  /** Closes what `open` opened: after each test, so that no page takes the next one's time. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** A browser, a folder for pages, and the page's shell built from today's sources. */
export async function openWorkshop(): Promise<Workshop> {
  const [browser, shell, folder] = await Promise.all([
    launch(),
    buildPageShell(),
    mkdtemp(join(tmpdir(), 'o-copilot-page-')),
  ]);
  let files = 0;
  const render = (rows: readonly PageRow[], meta?: Partial<PageMeta>) => {
    const renderer = htmlRenderer(shell);
    const pieces = [renderer.head()];
    for (let at = 0; at < rows.length; at += 1000) pieces.push(renderer.rows(rows.slice(at, at + 1000)));
    return [...pieces, renderer.tail(describe(rows, meta))].join('');
  };
  const keep = async (text: string) => {
    files += 1;
    const path = join(folder, `${files}.html`);
    await writeFile(path, text);
    return pathToFileURL(path).href;
  };
  return {
    render,
    keep,
    write: (rows, meta) => keep(render(rows, meta)),
    async open(address, options) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(address);
      return { page, complaints, requests };
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true });
    },
  };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
