import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPageShell } from '../../build/page.js';
import { decodeRows } from '../../src/format/page/bill-data.js';
import type { PageShell } from '../../src/format/page/page.js';
import { htmlRenderer } from '../../src/format/page/page.js';
import { describe as describeBill, makeRows } from './bills.js';

describe('the HTML renderer', () => {
  let shell: PageShell;

  beforeAll(async () => {
    shell = await buildPageShell();
  });

  it('embeds every row in blocks that no text can end', () => {
    const hostile = '</script><!-- <script> \u2028 \ud800 \u0000';
    const [row] = makeRows(1).map((made) => ({
      ...made,
      kind: 'report' as const,
      reportId: '5',
      reportName: hostile,
    }));
    const renderer = htmlRenderer(shell);
    const block = row === undefined ? '' : renderer.rows([row]);
    const [, json = ''] =
      /^<script type="application\/json" data-block="rows">([^<]*)<\/script>\n$/.exec(block) ?? [];
    expect(decodeRows(JSON.parse(json))).toEqual([row]);
    // Written as UTF-8, half a pair would come out as another character.
    expect(Buffer.from(block).toString()).toBe(block);
  });

  it('writes nothing for a batch without rows', () => {
    expect(htmlRenderer(shell).rows([])).toBe('');
  });

  it('puts what is known last at the end, before the script that reads it', () => {
    const meta = describeBill(makeRows(3), { source: '</script>' });
    const tail = htmlRenderer(shell).tail(meta);
    const [, json = ''] =
      /^<script type="application\/json" data-block="meta">([^<]*)<\/script>\n/.exec(tail) ?? [];
    expect(JSON.parse(json)).toEqual(meta);
    expect(tail.endsWith('</html>\n')).toBe(true);
  });

  it('allows its own script and style by their hashes, and nothing from elsewhere', () => {
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const page = shell.head + shell.tail;
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => hashOf(text));
    const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text = '']) => hashOf(text));
    expect(shell.policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${scripts.join(' ')}`,
      `style-src ${styles.join(' ')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(page).toContain(`http-equiv="Content-Security-Policy" content="${shell.policy}"`);
    expect(page).not.toMatch(/\s(src|action|srcset)=|href="(?!data:)|url\((?!["']?#)|style="/);
  });
});
