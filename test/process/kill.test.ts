import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Reply, startUpstream, type Upstream } from '../upstream.js';
import { MESSAGES_PATH, manyMessages, REPORT_PATH, USUAL } from './period.js';
import { inFolder, outcomeOf, runBin, startBin } from './run.js';

describe('C082 kill -9 at a random moment', () => {
  test('12 times: the file is the whole old one or the whole new one, and the next run leaves nothing else', {
    timeout: 120_000,
  }, async () => {
    // About 150 kB: several writes.
    const rows = 3000;
    const messages: Reply = {};
    const upstream = await startUpstream({
      messages: { messages: manyMessages(rows) },
      script: { [MESSAGES_PATH]: messages },
    });
    await inFolder(async (folder) => {
      const path = join(folder, 'usage.csv');
      /** Milliseconds until the run ends, or `killAfter`, from when it gets its messages. */
      const run = async (killAfter?: number): Promise<number> => {
        let release = () => {};
        messages.until = new Promise((resolve) => {
          release = resolve;
        });
        const before = upstream.hits();
        const child = startBin(['--source', upstream.url, '--output', path], {}, 'ignore');
        const ended = once(child, 'exit');
        await expect.poll(() => upstream.hits(), { timeout: 60_000, interval: 5 }).toBe(before + 1);
        release();
        const began = performance.now();
        if (killAfter !== undefined) {
          await Promise.race([sleep(killAfter), ended]);
          child.kill('SIGKILL');
        }
        await ended;
        return performance.now() - began;
      };
      const milliseconds = await run();
      const whole = readFileSync(path, 'utf8');
      expect(whole.split('\r\n')).toHaveLength(rows + 2);
      const ends = { old: 0, new: 0 };
      for (let kill = 0; kill < 12; kill++) {
        writeFileSync(path, 'old');
        // From the first moment on to a little more than the run takes, so that both ends are met.
        await run(kill === 0 ? 0 : milliseconds * Math.random() * 1.1);
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
    await upstream.close();
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
    'the messages': { script: { [MESSAGES_PATH]: { never: true } } },
    'the body': { script: { [MESSAGES_PATH]: { stallAfterBytes: 200 } } },
    'a report': { script: { [REPORT_PATH]: { never: true } } },
    'a retry': { script: { [REPORT_PATH]: { status: 503, headers: { 'retry-after': '60' } } } },
  } as const;
  // Each signal, and each place with the two that everybody sends.
  const rows = SIGNALS.flatMap(([signal, status], index) =>
    Object.entries(HANGS)
      .filter(([where]) => index < 2 || where === 'a report')
      .map(([where, hang]) => ({ signal, status, where, hang })),
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
          const ended = outcomeOf(child);
          const struck = where.startsWith('the') ? MESSAGES_PATH : REPORT_PATH;
          await expect.poll(() => hung.hits(struck), { timeout: 60_000 }).toBe(1);
          const sent = performance.now();
          child.kill(signal);
          expect(await ended).toMatchObject({
            status,
            signal: null,
            stdout: '',
            stderr: `o-copilot: stopped by ${signal}; nothing was written\n`,
          });
          // Not when the wait for a retry, a minute, is over.
          expect(performance.now() - sent).toBeLessThan(10_000);
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
    await expect.poll(() => hung.hits(), { timeout: 60_000 }).toBe(1);
    child.kill('SIGINT');
    child.kill('SIGINT');
    const [status, signal] = await exit;
    expect([130, 'SIGINT']).toContain(status ?? signal);
    await hung.close();
  });
});

describe.concurrent('a reader of stdout that is stuck does not hold a run that was stopped', () => {
  let upstream: Upstream;
  beforeAll(async () => {
    // At least 400 kB, twice what the pipe and the reader's buffer hold.
    upstream = await startUpstream({ messages: { messages: manyMessages(8000) } });
  });
  afterAll(() => upstream.close());

  test.for(['--json', '--csv', '--table', '--json --stream'])('SIGTERM, %s', async (flags) => {
    const child = startBin(['--source', upstream.url, ...flags.split(' ')], {}, ['ignore', 'pipe', 'pipe']);
    // One chunk is read and no more, so the pipe fills up.
    const first = once(child.stdout ?? child, 'readable');
    const closed = once(child, 'exit');
    await first;
    child.kill('SIGTERM');
    const sent = performance.now();
    expect(await closed).toEqual([143, null]);
    expect(performance.now() - sent).toBeLessThan(30_000);
  });
});

test('C107 SIGINT while a big table is drawn or written ends it soon', async () => {
  const rows = 50_000;
  const server = await startUpstream({
    messages: { messages: manyMessages(rows, (index) => (index === rows - 1 ? { report_id: 5 } : {})) },
    // Its answer comes after all of the messages, and the table is made after it.
    reports: { 5: { id: 5, name: 'A', credit_cost: 1 } },
  });
  const child = startBin(['--table', '--source', server.url], {}, ['ignore', 'pipe', 'inherit']);
  const closed = once(child, 'close');
  try {
    await expect.poll(() => server.hits('/reports/5'), { timeout: 60_000 }).toBe(1);
    child.kill('SIGINT');
    // Read only now: until then the pipe is full and the table cannot be complete.
    const shown = child.stdout === null ? '' : text(child.stdout);
    expect(await closed).toEqual([130, null]);
    expect((await shown).split('\n').length).toBeLessThan(rows);
  } finally {
    await server.close();
  }
});

describe('C156 a bug that throws where nobody waits', () => {
  test.for([
    ['an exception', 'throw new Error("injected")'],
    ['a rejection', 'Promise.reject(new Error("injected"))'],
  ])('%s ends in 70, one line, and the old file', async ([, bug]) => {
    const hung = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { never: true } } });
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'usage.csv'), 'old');
      // In the handler of a signal, so that it happens when the run waits for a report and no sooner.
      const node = ['--import', `data:text/javascript,process.on('SIGUSR2', () => { ${bug} })`];
      const options = { cwd: folder, node };
      const child = startBin(['--source', hung.url, '--output', 'usage.csv'], options);
      const ended = outcomeOf(child);
      await expect.poll(() => hung.hits(REPORT_PATH), { timeout: 60_000 }).toBe(1);
      child.kill('SIGUSR2');
      expect(await ended).toMatchObject({
        status: 70,
        signal: null,
        stdout: '',
        stderr: 'o-copilot: a bug in o-copilot, please report it: Error: injected\n',
      });
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
