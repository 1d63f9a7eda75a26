import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { manyMessages, REPORT_PATH, USUAL } from './period.js';
import { inFolder, runBin, startBin } from './run.js';

/** About 400 kB: more than a pipe holds, and writing takes a while. */
const ROWS = 8000;
let upstream: Upstream;
let whole: string;
let milliseconds: number;
beforeAll(async () => {
  upstream = await startUpstream({ messages: { messages: manyMessages(ROWS) } });
  const run = await runBin(['--csv', '--source', upstream.url]);
  whole = run.stdout;
  milliseconds = run.milliseconds;
  expect(whole.split('\r\n')).toHaveLength(ROWS + 2);
});
afterAll(() => upstream.close());

describe('C082 kill -9 at a random moment', () => {
  test('50 times: the file is the whole old one or the whole new one, and the next run leaves nothing else', {
    timeout: 120_000,
  }, async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'usage.csv');
      const ends = { old: 0, new: 0 };
      for (let kill = 0; kill < 50; kill++) {
        writeFileSync(path, 'old');
        const child = startBin(['--source', upstream.url, '--output', path], {}, 'ignore');
        const ended = once(child, 'exit');
        // Evenly over the run and a little more, so that both ends are met.
        await Promise.race([sleep(milliseconds * Math.random() * 1.1), ended]);
        child.kill('SIGKILL');
        await ended;
        const content = readFileSync(path, 'utf8');
        expect(content === 'old' || content === whole).toBe(true);
        ends[content === 'old' ? 'old' : 'new']++;
      }
      expect(ends.old).toBeGreaterThan(0);
      const last = await runBin(['--source', upstream.url, '--output', path]);
      expect(last).toMatchObject({ status: 0, stderr: '' });
      expect(readdirSync(folder)).toEqual(['usage.csv']);
      expect(readFileSync(path, 'utf8')).toBe(whole);
    });
  });
});

describe.concurrent('C029 C082 a signal while upstream hangs', () => {
  const SIGNALS = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const;
  const HANGS = {
    'the messages': { script: { '/messages/current-period': { never: true } } },
    'the body': { script: { '/messages/current-period': { stallAfterBytes: 200 } } },
    'a report': { script: { [REPORT_PATH]: { never: true } } },
    'a retry': { script: { [REPORT_PATH]: { status: 503, headers: { 'retry-after': '60' } } } },
  } as const;
  const rows = SIGNALS.flatMap(([signal, status]) =>
    Object.entries(HANGS).map(([where, hang]) => ({ signal, status, where, hang })),
  );

  test.for(rows)(
    '$signal during $where ends with $status and nothing left',
    async ({ signal, status, hang, where }) => {
      const hung = await startUpstream({ ...USUAL, ...hang });
      try {
        await inFolder(async (folder) => {
          writeFileSync(join(folder, 'usage.csv'), 'old');
          const files = ['--output', 'usage.csv', '--lock', 'lock', '--metrics', 'metrics.prom'];
          const child = startBin(['--source', hung.url, ...files], { cwd: folder }, [
            'ignore',
            'pipe',
            'pipe',
          ]);
          let [stdout, stderr] = ['', ''];
          child.stdout?.on('data', (text) => {
            stdout += text;
          });
          child.stderr?.on('data', (text) => {
            stderr += text;
          });
          const closed = once(child, 'close');
          const struck = where.startsWith('the') ? '/messages/current-period' : REPORT_PATH;
          await expect.poll(() => hung.hits(struck), { timeout: 15_000 }).toBe(1);
          const sent = performance.now();
          child.kill(signal);
          expect(await closed).toEqual([status, null]);
          expect(performance.now() - sent).toBeLessThan(3000);
          expect(stdout).toBe('');
          expect(stderr).toBe(`o-copilot: stopped by ${signal}; nothing was written\n`);
          expect(readdirSync(folder).sort()).toEqual(['lock', 'metrics.prom', 'usage.csv']);
          expect(readFileSync(join(folder, 'usage.csv'), 'utf8')).toBe('old');
          expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe('');
          expect(readFileSync(join(folder, 'metrics.prom'), 'utf8')).toContain(
            `\no_copilot_exit_status ${status}\n`,
          );
        });
      } finally {
        await hung.close();
      }
    },
  );

  test('a second SIGINT ends it at once, whatever the first one waits for', async () => {
    const hung = await startUpstream({ ...USUAL, ...HANGS['the messages'] });
    const child = startBin(['--source', hung.url], {}, 'ignore');
    const exit = once(child, 'exit');
    await expect.poll(() => hung.hits(), { timeout: 15_000 }).toBe(1);
    child.kill('SIGINT');
    child.kill('SIGINT');
    const [status, signal] = await exit;
    expect([130, 'SIGINT']).toContain(status ?? signal);
    await hung.close();
  });
});

describe.concurrent('a reader of stdout that is stuck does not hold a run that was stopped', () => {
  test.for(['--json', '--csv', '--table', '--json --stream'])('SIGTERM, %s', async (flags) => {
    const child = startBin(['--source', upstream.url, ...flags.split(' ')], {}, ['ignore', 'pipe', 'pipe']);
    // One chunk is read and no more, so the pipe fills up.
    const first = once(child.stdout ?? child, 'readable');
    const closed = once(child, 'exit');
    await first;
    child.kill('SIGTERM');
    const sent = performance.now();
    expect(await closed).toEqual([143, null]);
    expect(performance.now() - sent).toBeLessThan(5000);
  });
});

test('C107 SIGINT while a big table is drawn or written ends it soon', async () => {
  const rows = 50_000;
  const server = await startUpstream({
    messages: { messages: manyMessages(rows, (index) => (index === rows - 1 ? { report_id: 5 } : {})) },
    // Its answer comes after all of the messages, and the table is made after it.
    reports: { 5: { id: 5, name: 'A', credit_cost: 1 } },
  });
  const child = startBin(['--table', '--source', server.url]);
  const output = child.stdout === null ? '' : text(child.stdout);
  try {
    await expect.poll(() => server.hits('/reports/5'), { timeout: 20_000 }).toBe(1);
    const sent = performance.now();
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    await output;
    expect(performance.now() - sent).toBeLessThan(10_000);
  } finally {
    await server.close();
  }
});

describe('C156 a bug that throws where nobody waits', () => {
  test.for([
    ['an exception', 'setTimeout(() => { throw new Error("injected") }, 1000)'],
    ['a rejection', 'setTimeout(() => Promise.reject(new Error("injected")), 1000)'],
  ])('%s ends in 70, one line, and the old file', async ([, bug]) => {
    const hung = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { never: true } } });
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'usage.csv'), 'old');
      const node = ['--import', `data:text/javascript,${bug}`];
      const run = await runBin(['--source', hung.url, '--output', 'usage.csv'], { cwd: folder, node });
      expect(run).toMatchObject({ status: 70, stdout: '' });
      expect(run.stderr).toBe('o-copilot: a bug in o-copilot, please report it: Error: injected\n');
      expect(readdirSync(folder)).toEqual(['usage.csv']);
      expect(readFileSync(join(folder, 'usage.csv'), 'utf8')).toBe('old');
    });
    await hung.close();
  });
});

test('a run whose work never ends, and that nothing keeps alive, ends in 70 and one line', async () => {
  const never = `import files from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { readFile } = files;
    files.readFile = (path, ...rest) =>
      String(path).endsWith('/1.json') ? new Promise(() => {}) : readFile(path, ...rest);
    syncBuiltinESMExports();`;
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'reports'));
    writeFileSync(join(folder, 'reports', '1.json'), '{"id":1,"name":"One","credit_cost":1}');
    const messages = [{ id: 1, timestamp: '2024-01-01T00:00:00Z', text: '', report_id: 1 }];
    writeFileSync(join(folder, 'messages.json'), JSON.stringify({ messages }));
    writeFileSync(join(folder, 'usage.csv'), 'old');
    const node = ['--import', `data:text/javascript,${encodeURIComponent(never)}`];
    const run = await runBin(['--source', 'messages.json', '--output', 'usage.csv'], { cwd: folder, node });
    expect(run).toMatchObject({ status: 70, stdout: '' });
    expect(run.stderr).toBe(
      'o-copilot: a bug in o-copilot, please report it: Error: ended before its work was done\n',
    );
    expect(readFileSync(join(folder, 'usage.csv'), 'utf8')).toBe('old');
  });
});
