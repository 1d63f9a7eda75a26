import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { manyMessages } from './period.js';
import { runPty } from './pty.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const NAMES = ['Tenant Obligations Report', '租户义务报告 for the new lease', 'x'.repeat(90), 'A'];
const COSTS = ['1426510.80', '999.5', '1000', '0.125'];

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream({
    messages: {
      messages: [
        ...manyMessages(NAMES.length, (id) => ({ report_id: id })),
        {
          id: 468768768833943,
          timestamp: '2024-04-30T02:08:29Z',
          text: 'What are the restrictions?',
          report_id: 77,
        },
        { id: 900, timestamp: '2024-05-02T02:08:29+02:00', text: 'A man, a plan, a canal: Panama' },
      ],
    },
    reports: Object.fromEntries(
      NAMES.map((name, id) => [id, `{"id":${id},"name":${JSON.stringify(name)},"credit_cost":${COSTS[id]}}`]),
    ),
  });
});
afterAll(() => upstream.close());

/** Two other bills, to compare with. */
const OLD = `message_id,timestamp,report_name,credits_used\r\n1,2024-04-29T02:08:29.375Z,Other,1234567.5\r\n7,,,1\r\n`;

const COMMANDS = [
  'usage',
  'usage --fields message_id,report_id,kind,date,characters,text,credits_used',
  'usage --limit 0',
  'summary',
  'summary --by report --by month',
  'explain 900',
  'explain 1',
  'diff old.csv',
  'diff --total 1429000',
  'rates',
  'config',
] as const;

const wordsOf = (command: string) => [
  ...command.split(' '),
  ...(command === 'rates' ? [] : ['--source', upstream.url]),
  ...(/^(usage|summary)/.test(command) ? ['--quiet'] : []),
];

/** What a terminal of that many columns shows, as lines without colours. */
function linesAt(columns: number, command: string): Promise<string[]> {
  return inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'old.csv'), OLD);
    const { stdout } = await runMain(wordsOf(command), { cwd, columns });
    return stripVTControlCharacters(stdout).split('\n');
  });
}

describe.concurrent('fault D14 (no table is wider than its terminal)', () => {
  test.for(COMMANDS)('%s', async (command) => {
    const wide = await linesAt(400, command);
    expect(wide.length).toBeGreaterThan(4);
    for (const columns of [20, 33, 40, 60, 80, 200]) {
      const lines = await linesAt(columns, command);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(stringWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
    }
  });

  test('a real terminal shows the same as a stream that says its columns', async () => {
    const { shown } = await runPty(`o-copilot ${wordsOf('usage').join(' ')} 2>/dev/null`, { columns: 60 });
    expect(stripVTControlCharacters(shown).split('\n')).toEqual(await linesAt(60, 'usage'));
  });

  test('at 40 columns a message is a block, with its name whole, and nothing is lost', async () => {
    const lines = await linesAt(40, 'usage');
    const text = lines.join('\n');
    expect(text).toContain(' Timestamp  2024-04-29T02:08:29.375Z\n Report     Tenant Obligations Report\n');
    expect(text).toContain(' Credits    1,426,510.800\n');
    expect(text).not.toContain('…');
    expect(text.replaceAll(/\s/g, '')).toContain('x'.repeat(90));
    expect(text).toMatch(/ 6 messages\s+Total {2}1,428,5\d\d\.\d{3}/);
  });

  test('off a terminal nothing changes: one row a line, however wide', async () => {
    const { stdout } = await runMain(['--source', upstream.url]);
    expect(stdout).toContain('x'.repeat(90));
    expect(stdout.split('\n')).toHaveLength(6 + 3 + 2);
  });
});

describe.concurrent('tables (the kind of each row): on a terminal of 100 columns or more', () => {
  test.for([
    [99, ['usage'], ' Message         Timestamp             Report Credits'],
    [100, ['usage'], ' Message Timestamp Report Kind Credits'],
    [
      200,
      ['usage', '--credit-price', '2', '--currency', 'GBP'],
      ' Message Timestamp Report Kind Credits Cost GBP',
    ],
    [200, ['usage', '--fields', 'message_id,credits_used'], ' Message Credits'],
    [undefined, ['usage'], ' Message Timestamp Report Credits'],
  ] as const)('%s columns: %s', async ([columns, args, titles]) => {
    const { stdout } = await runMain([...args, '--source', upstream.url, '--quiet'], {
      ...(columns !== undefined && { columns }),
    });
    const [head = ''] = stripVTControlCharacters(stdout).split('\n');
    expect(head.replace(/ +/g, ' ')).toBe(titles.replace(/ +/g, ' '));
  });

  test('a file, and a format for programs, never have it', async () => {
    await inFolder(async (cwd) => {
      const at = (columns: number, ...args: string[]) =>
        runMain(['--source', 'sample', '--quiet', ...args], { cwd, columns });
      await at(200, '--output', 'wide.txt');
      await at(80, '--output', 'narrow.txt');
      expect(readFileSync(join(cwd, 'wide.txt'), 'utf8')).toBe(readFileSync(join(cwd, 'narrow.txt'), 'utf8'));
      expect((await at(200, '--csv')).stdout).toMatch(/^message_id,timestamp,report_name,credits_used\r\n/);
      expect((await at(200, '--markdown')).stdout).not.toContain('Kind');
    });
  });
});

describe.concurrent('fault D15 (thousands are grouped for people, never in data)', () => {
  test('tables of usage, summary, explain, diff and diff --total', async () => {
    const at = (...args: string[]) => runMain([...args, '--source', upstream.url]);
    expect((await at('usage')).stdout).toMatch(/Obligations Report +1,426,510\.800\n/);
    expect((await at('usage')).stdout).toMatch(/Total {2}1,428,\d{3}\.\d{3}\n/);
    expect((await at('summary', '--by', 'report')).stdout).toMatch(/Report +1 +1,426,510\.800 +99/);
    const explained = (await at('explain', '1')).stdout;
    expect(explained).toMatch(/Report +1 +1,426,510\.8 +1,426,510\.8\n/);
    expect(explained).toMatch(/Total +1,426,510\.8\n/);
    const total = (await at('diff', '--total', '1429000')).stdout;
    expect(total).toMatch(/Invoice +1,429,000/);
    expect(total).toMatch(/Total +1,428,\d{3}/);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'old.csv'), OLD);
      const { stdout } = await runMain(['diff', 'old.csv', '--source', upstream.url], { cwd: folder });
      expect(stdout).toMatch(/changed +1 +1,234,567\.500 +1,426,510\.800 +\+191,943\.300/);
      expect(stdout).toMatch(/Old +old\.csv: 2 messages, 1,234,568\.5 credits/);
    });
  });

  test('counts of messages and characters too', async () => {
    const text = 'abcdefg, '.repeat(150);
    const messages = Array.from({ length: 1234 }, (_, id) => ({
      id: id + 1_000_000,
      text,
      timestamp: '2024-04-29T02:08:29Z',
    }));
    const at = (...args: string[]) =>
      runMain([...args, '--source', '-'], { input: JSON.stringify({ messages }) });
    expect((await at('usage', '--limit', '1', '--fields', 'message_id,characters')).stdout).toMatch(
      / 1000000 +1,350\n.*\n 1 of 1,234 messages/,
    );
    expect((await at('summary', '--by', 'kind')).stdout).toMatch(/ text +1,234 .*\n.*\n Total +1,234 /);
    expect((await at('diff', '--total', '1')).stdout).toMatch(/ 1,234 messages of /);
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'old.csv'), OLD);
      const { stdout } = await runMain(['diff', 'old.csv', '--source', '-'], {
        cwd,
        input: JSON.stringify({ messages }),
      });
      expect(stdout).toMatch(/\n 1,234 added, 2 removed, 0 changed, 0 unchanged\n/);
    });
  });

  test('no format for programs has them, and ids never', async () => {
    for (const format of ['json', 'ndjson', 'csv', 'tsv', 'focus']) {
      const { stdout } = await runMain([`--${format}`, '--source', upstream.url]);
      expect(stdout, format).toContain('1426510.8');
      expect(stdout, format).not.toContain('1,426');
    }
    for (const format of ['json', 'ndjson', 'csv', 'tsv']) {
      const { stdout } = await runMain(['summary', `--${format}`, '--source', upstream.url]);
      expect(stdout, format).toContain('1428510.425');
    }
    const { stdout } = await runMain(['--source', upstream.url]);
    expect(stdout).toContain(' 468768768833943 ');
  });
});
