import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { manyMessages } from './period.js';
import { inFolder, runShell } from './run.js';
import { runMain } from './run-main.js';

const HEADER = 'message_id,timestamp,report_name,credits_used';
/** Names that a spreadsheet would run, or that break careless quoting. */
const GUARDED = ['=HYPERLINK("http://e","x")', '+1', '@SUM(A1)', '\t=1', '\r=1', '-42', '-1+1', '-"x",y'];
const PLAIN = [
  '＝1',
  ' =1',
  'a\nb',
  'a\rb',
  'a\r\nb',
  ' lead',
  'trail ',
  'q"q',
  ',',
  ';',
  '',
  'Résumé 東京 €',
  '1\n2\n3\n4\n5\n6',
];
const NAMES = [...GUARDED, ...PLAIN];

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream({
    messages: { messages: manyMessages(NAMES.length, (index) => ({ report_id: index })) },
    reports: Object.fromEntries(NAMES.map((name, id) => [id, { id, name, credit_cost: 9.1 }])),
  });
});
afterAll(() => upstream.close());
const csv = async (...flags: string[]) => {
  const run = await runMain(['--csv', '--source', upstream.url, ...flags]);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return run.stdout;
};

/** What a strict reader of RFC 4180 makes of it: every row as long as the header. */
const rowsOf = (text: string, delimiter = ','): string[][] =>
  parse(text, { delimiter, record_delimiter: '\r\n', relax_column_count: false });
const guarded = NAMES.map((name) => (GUARDED.includes(name) ? `'${name}` : name));

describe('CSV', () => {
  test.for([',', ';', '\t', '|'])(
    'C040 C041 C042 C090 C091 C153 every name comes back exactly, delimiter "%s"',
    async (delimiter) => {
      const [header, ...rows] = rowsOf(await csv('--delimiter', delimiter), delimiter);
      expect(header?.join(',')).toBe(HEADER);
      expect(rows.map((row) => row[2])).toEqual(guarded);
      expect(rows.map((row) => row[3])).toEqual(NAMES.map(() => '9.1'));
    },
  );

  test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
    'C090 C091 Python reads the same',
    async () => {
      const read =
        'import csv,json,sys,io; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline=""), strict=True))))';
      const { stdout } = spawnSync('python3', ['-c', read], { input: await csv(), encoding: 'utf8' });
      const rows: string[][] = JSON.parse(stdout);
      expect(rows.slice(1).map((row) => row[2])).toEqual(guarded);
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([4]));
    },
  );

  test('C042 --no-formula-guard leaves names as they are', async () => {
    const [, ...rows] = rowsOf(await csv('--no-formula-guard'));
    expect(rows.map((row) => row[2])).toEqual(NAMES);
  });

  test('C042 C076 JSON is not guarded, and CSV keeps control characters exactly', async () => {
    const run = await runMain(['--json', '--source', upstream.url]);
    const usage: { report_name: string }[] = JSON.parse(run.stdout).usage;
    expect(usage.map(({ report_name }) => report_name)).toEqual(NAMES);
    const odd = await startUpstream({
      messages: { messages: manyMessages(1, () => ({ report_id: 1 })) },
      reports: { 1: { id: 1, name: 'a\u001b[2J\u009bb', credit_cost: 1 } },
    });
    const kept = await runMain(['--csv', '--source', odd.url]);
    await odd.close();
    expect(rowsOf(kept.stdout)[1]?.[2]).toBe('a\u001b[2J\u009bb');
  });

  test('C040 a number is never guarded', async () => {
    const input = JSON.stringify({ messages: [{ id: -42, timestamp: '2024-01-01T00:00:00Z', text: '' }] });
    const run = await runMain(['--csv', '--source', '-'], { input });
    expect(run.stdout).toBe(`${HEADER}\r\n-42,2024-01-01T00:00:00Z,,1\r\n`);
  });

  test('C060 C061 no byte order mark unless asked, then one, in a file too', async () => {
    const firstBytes = (flags: string) =>
      runShell(`o-copilot --csv --source ${upstream.url} ${flags} | head -c 6 | od -An -tx1`);
    expect((await firstBytes('')).stdout.trim()).toBe('6d 65 73 73 61 67');
    expect((await firstBytes('--bom')).stdout.trim()).toBe('ef bb bf 6d 65 73');
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.csv');
      for (const time of [1, 2]) {
        const run = await runMain(['--bom', '--source', upstream.url, '--output', path]);
        expect(run.status, `run ${time}`).toBe(0);
      }
      expect(readFileSync(path).subarray(0, 6)).toEqual(Buffer.from('\uFEFFmes'));
    });
  });

  test('C119 cut -d, works, the header stands once, and the help names the separator', async () => {
    const run = await runShell(`o-copilot --csv --source sample | cut -d, -f1 | sed -n '1,2p'`);
    expect(run.stdout).toBe('message_id\n1000\n');
    expect((await csv()).split(HEADER)).toHaveLength(2);
    expect((await runMain(['usage', '--help'])).stdout).toMatch(/comma-separated.*\n(.*\n)*.*--delimiter/);
    expect(readFileSync('README.md', 'utf8')).toMatch(/`--csv` \| RFC 4180: comma, CRLF/);
  });

  test('C138 nothing to show is the header, on stdout and in a file', async () => {
    const input = '{"messages":[]}';
    expect((await runMain(['--csv', '--source', '-'], { input })).stdout).toBe(`${HEADER}\r\n`);
    await inFolder(async (folder) => {
      await runMain(['--source', '-', '--output', 'bill.csv'], { input, cwd: folder });
      expect(readFileSync(join(folder, 'bill.csv'), 'utf8')).toBe(`${HEADER}\r\n`);
    });
    const table = await runMain(['--table', '--source', '-'], { input });
    expect(table).toMatchObject({ status: 0, stderr: '' });
    expect(table.stdout).toMatch(/0 messages +Total +0\n$/);
  });
});

describe('JSON and NDJSON', () => {
  test('C088 C159 end with one newline, and an empty bill is a document, or no line', async () => {
    const empty = { input: '{"messages":[]}' };
    expect((await runMain(['--json', '--source', '-'], empty)).stdout).toBe('{"usage":[]}\n');
    expect((await runMain(['--ndjson', '--source', '-'], empty)).stdout).toBe('');
    const lines = (await runMain(['--ndjson', '--source', upstream.url])).stdout;
    expect(
      lines
        .slice(0, -1)
        .split('\n')
        .map((line) => JSON.parse(line).message_id),
    ).toEqual(NAMES.map((_, index) => index + 1));
    const whole = (await runMain(['--json', '--source', upstream.url])).stdout;
    expect(whole).toMatch(/^\{"usage":\[\n[\s\S]*\]\}\n$/);
    expect(whole.endsWith('\n\n')).toBe(false);
  });

  test('C120 C121 the same keys and types whatever the amount', async () => {
    const costs = ['0', '1', '0.5', '1e21', '1e-7'];
    const server = await startUpstream({
      messages: { messages: manyMessages(costs.length, (index) => ({ report_id: index })) },
      reports: Object.fromEntries(
        costs.map((cost, id) => [id, `{"id":${id},"name":"n","credit_cost":${cost}}`]),
      ),
    });
    const run = await runMain(['--json', '--source', server.url]);
    await server.close();
    const document = JSON.parse(run.stdout);
    expect(Object.keys(document)).toEqual(['usage']);
    for (const item of document.usage) {
      expect(Object.keys(item)).toEqual(['message_id', 'timestamp', 'report_name', 'credits_used']);
      expect(typeof item.credits_used).toBe('number');
    }
    expect(run.stdout).not.toMatch(/\de[+-]?\d|NaN|Infinity/);
  });
});
