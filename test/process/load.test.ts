import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { manyMessages } from './period.js';
import { inFolder, runBin, runShell } from './run.js';
import { runMain } from './run-main.js';

const heap = (megabytes: number) => [`--max-old-space-size=${megabytes}`];
const slow = { timeout: 120_000 };

describe('large inputs', () => {
  test('C002 a message of 150 MB is refused in one line', slow, async () => {
    const input = `{"messages":[{"id":1,"timestamp":"2024-01-01T00:00:00Z","text":"${'x'.repeat(150_000_000)}"}]}`;
    const run = await runBin(['--json', '--source', '-'], { input, node: heap(512) });
    expect(run).toMatchObject({ stdout: '', status: 65 });
    expect(run.stderr).toMatch(/^\{"error":\{[^\n]*messages\[0\][^\n]*\}\n$/);
  });

  test('C070 50 MB beside the messages, after an answer of 500 with 5 MB', slow, async () => {
    const padding = 'x'.repeat(50_000_000);
    const server = await startUpstream({
      messages: `{"notes":["${padding}"],"messages":[{"id":1,"timestamp":"2024-01-01T00:00:00Z","text":"!!!"}]}`,
      script: { '/messages/current-period': [{ status: 500, body: 'x'.repeat(5_000_000) }, {}] },
    });
    const run = await runBin(['--csv', '--source', server.url], { node: heap(256) });
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('\r\n1,2024-01-01T00:00:00Z,,1.15\r\n');
  });

  test('C126 a text of a million characters takes no second', slow, async () => {
    const text = 'aé '.repeat(333_333);
    const input = JSON.stringify({ messages: [{ id: 1, timestamp: '2024-01-01T00:00:00Z', text }] });
    const run = await runMain(['--csv', '--source', '-'], { input });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    // 1 + 999,999 × 0.05 + 333,333 words × 0.1 + 5; the third characters are spaces.
    expect(run.stdout).toContain(',,83339.25\r\n');
    expect(run.milliseconds).toBeLessThan(10_000);
  });
});

describe('large outputs', () => {
  /** 6,000 rows, each with a name of 100,000 characters: 600 MB, more than a string of V8 holds. */
  const huge = {
    messages: { messages: manyMessages(6000, () => ({ report_id: 5 })) },
    reports: { 5: { id: 5, name: 'x'.repeat(100_000), credit_cost: 1 } },
  };

  test('C003 JSON beyond the longest string is written piece by piece', slow, async () => {
    const server = await startUpstream(huge);
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const run = await runShell(`o-copilot --ndjson --stream --source ${server.url} | wc -c -l`, { env });
    await server.close();
    const rows = huge.messages.messages.map((_, index) => `{"message_id":${index + 1}`.length);
    const rest =
      `,"timestamp":"2024-04-29T02:08:29.375Z","report_name":"${'x'.repeat(100_000)}","credits_used":1}\n`
        .length;
    const bytes = rows.reduce((sum, length) => sum + length + rest, 0);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout.trim().split(/\s+/).map(Number)).toEqual([6000, bytes]);
  });

  test('C019 C020 a table of 20,000 rows, in little memory', slow, async () => {
    const server = await startUpstream({ messages: { messages: manyMessages(20_000) } });
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const run = await runShell(`o-copilot --table --source ${server.url} | wc -l`, { env });
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^\s*20004\s*$/) });
    expect(run.milliseconds).toBeLessThan(60_000);
  });

  /** What a pipe got is what a file got, and more than a pipe holds. */
  function expectSameLarge(folder: string): void {
    expect(statSync(join(folder, 'whole')).size).toBeGreaterThan(80_000);
    expect(readFileSync(join(folder, 'piped')).equals(readFileSync(join(folder, 'whole')))).toBe(true);
  }

  const rows = { messages: { messages: manyMessages(2500, () => ({ text: 'a longer text '.repeat(20) })) } };

  test.for(['--json', '--csv', '--table', '--ndjson --fields message_id,text'])(
    'C045 C047 %s through a reader that starts late and takes little gives as many bytes as a file',
    async (flags) => {
      const server = await startUpstream(rows);
      await inFolder(async (folder) => {
        const words = [...flags.split(' '), '--source', server.url];
        const line = `o-copilot ${words.join(' ')} | (sleep 1; dd bs=4k status=none) > piped`;
        expect(await runShell(line, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
        expect(await runMain([...words, '--output', 'whole'], { cwd: folder })).toMatchObject({ status: 0 });
        expectSameLarge(folder);
      });
      await server.close();
    },
  );

  test('C048 a reader that leaves, 10 times: no word, no stack, exit 0', slow, async () => {
    const server = await startUpstream(rows);
    const usage = `o-copilot --csv --source ${server.url}`;
    const run = await runShell(
      `for n in $(seq 5); do ${usage} | head -1; echo "\${PIPESTATUS[0]}"; ${usage} | true; echo "\${PIPESTATUS[0]}"; done`,
    );
    await server.close();
    expect(run).toMatchObject({ stderr: '', status: 0 });
    expect(run.stdout).toBe('message_id,timestamp,report_name,credits_used\r\n0\n0\n'.repeat(5));
  });

  test('C046 a result with a status that is not 0 is whole too', async () => {
    const bill = (credits: number) =>
      rows.messages.messages
        .map(
          (_, id) =>
            `{"message_id":${id},"timestamp":"2024-04-29T02:08:29.375Z","credits_used":${credits}}\n`,
        )
        .join('');
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'old.ndjson'), bill(1));
      writeFileSync(join(folder, 'new.ndjson'), bill(2));
      const diff = ['diff', 'old.ndjson', 'new.ndjson', '--json'];
      const run = await runShell(
        `o-copilot ${diff.join(' ')} | (sleep 1; cat) > piped; echo "\${PIPESTATUS[0]}"`,
        { cwd: folder },
      );
      expect(run).toMatchObject({ stdout: '1\n', stderr: '' });
      expect(await runMain([...diff, '--output', 'whole'], { cwd: folder })).toMatchObject({ status: 1 });
      expectSameLarge(folder);
    });
  });

  test('C151 help through a reader that starts late is whole', async () => {
    const run = await runShell(`o-copilot usage --help | (sleep 1; cat)`);
    expect(run).toMatchObject({ stderr: '', status: 0 });
    expect(run.stdout).toBe((await runMain(['usage', '--help'])).stdout);
    const wrong = await runShell(`o-copilot --bogus 2> >(sleep 1; cat >&2)`);
    expect(wrong.status).toBe(64);
    expect(wrong.stderr).toContain("unknown option '--bogus'");
  });
});

describe('many reports', () => {
  const period = (count: number, more: object = {}) => ({
    messages: { messages: manyMessages(count, (index) => ({ report_id: index })) },
    reports: Object.fromEntries(
      Array.from({ length: count }, (_, id) => [id, { id, name: `R${id}`, credit_cost: 1, ...more }]),
    ),
  });
  const rowsOf = (csv: string) => csv.split('\r\n').slice(1, -1);

  test('C129 1,000 distinct reports: few at a time, each once, in order', slow, async () => {
    const server = await startUpstream(period(1000));
    const run = await runMain(['--csv', '--source', server.url, '--concurrency', '10']);
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(rowsOf(run.stdout).map((row) => row.split(',')[2])).toEqual(
      Array.from({ length: 1000 }, (_, id) => `R${id}`),
    );
    expect(server.requests).toHaveLength(1001);
    // The connection of the messages may still be open beside the ten.
    expect(server.maxInFlight).toBeLessThanOrEqual(11);
  });

  test('C130 64 open files and every 20th answer a 429', slow, async () => {
    const script = Object.fromEntries(
      Array.from({ length: 20 }, (_, part) => [`/reports/${part * 20}`, [{ status: 429 }, {}]]),
    );
    const server = await startUpstream({ ...period(400), script });
    const run = await runShell(`ulimit -n 64; o-copilot --csv --source ${server.url}`);
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(rowsOf(run.stdout)).toHaveLength(400);
    expect(server.requests).toHaveLength(421);
  });

  test('64 open files and 256 connections: the line says what to change', slow, async () => {
    const server = await startUpstream(period(400));
    const run = await runShell(`ulimit -n 64; o-copilot --csv --source ${server.url} --concurrency 256`);
    await server.close();
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(
      /^o-copilot: GET \S+: too many open files to call \S+ \(EMFILE\); lower --concurrency, or [^\n]+\n$/,
    );
  });

  test('64 open files and 400 reports in files, in a snapshot too', slow, async () => {
    await inFolder(async (folder) => {
      const { messages, reports } = period(400);
      mkdirSync(join(folder, 'reports'));
      writeFileSync(join(folder, 'messages.json'), JSON.stringify(messages));
      for (const [id, report] of Object.entries(reports)) {
        writeFileSync(join(folder, 'reports', `${id}.json`), JSON.stringify(report));
      }
      const price = 'ulimit -n 64; o-copilot --csv --source';
      const fromFiles = await runShell(`${price} messages.json`, { cwd: folder });
      expect(fromFiles).toMatchObject({ status: 0, stderr: '' });
      expect(rowsOf(fromFiles.stdout)).toHaveLength(400);
      const keep = 'ulimit -n 64; o-copilot snapshot kept --source messages.json';
      expect(await runShell(keep, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
      const fromSnapshot = await runShell(`${price} kept`, { cwd: folder });
      expect(fromSnapshot).toMatchObject({ status: 0, stderr: '', stdout: fromFiles.stdout });
      const fromStdin = await runShell(`${price} - < messages.json`, { cwd: folder });
      expect(fromStdin).toMatchObject({ status: 0, stderr: '', stdout: fromFiles.stdout });
    });
  });

  test('C071 2,000 reports of 10 kB in little memory, over few connections', slow, async () => {
    const server = await startUpstream(period(2000, { note: 'x'.repeat(10_000) }));
    const run = await runBin(['--csv', '--source', server.url], { node: heap(48) });
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(rowsOf(run.stdout)).toHaveLength(2000);
    expect(new Set(server.requests.map(({ remotePort }) => remotePort)).size).toBeLessThan(20);
  });

  test('C067 a server that closes each idle connection a moment later', slow, async () => {
    const server = await startUpstream(period(200));
    const closing = setInterval(() => server.closeIdle(), 5);
    const run = await runMain(['--csv', '--source', server.url, '--concurrency', '1']);
    clearInterval(closing);
    await server.close();
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(rowsOf(run.stdout)).toHaveLength(200);
  });

  test('C155 the first failure ends all: one line, few requests, soon', slow, async () => {
    const script = Object.fromEntries(
      Array.from({ length: 200 }, (_, id) => [
        `/reports/${id}`,
        id === 3 ? { status: 401 } : { status: 500, delayMs: 8000 },
      ]),
    );
    const server = await startUpstream({ ...period(200), script });
    const run = await runMain(['--csv', '--source', server.url, '--concurrency', '10']);
    await server.close();
    expect(run).toMatchObject({ status: 77, stdout: '' });
    expect(run.stderr.split('\n')).toHaveLength(2);
    expect(run.milliseconds).toBeLessThan(6000);
    expect(server.requests.length).toBeLessThan(25);
  });
});
