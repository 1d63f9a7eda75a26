import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { BILL, MESSAGES_PATH, REPORT_PATH, USUAL } from './period.js';
import { inFolder, startBin } from './run.js';
import { runMain } from './run-main.js';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(USUAL);
});
afterAll(() => upstream.close());

const take = (folder: string, source = upstream.url, ...flags: string[]) =>
  runMain(['snapshot', 'kept', '--source', source, ...flags], { cwd: folder });

describe('a snapshot', () => {
  test('gives the same bytes offline as the live run, in every format', async () => {
    await inFolder(async (folder) => {
      expect(await take(folder)).toMatchObject({ stdout: '', stderr: '', status: 0 });
      for (const format of ['json', 'ndjson', 'csv', 'table']) {
        const [live, kept] = await Promise.all([
          runMain(['--format', format, '--source', upstream.url]),
          runMain(['--format', format, '--source', join(folder, 'kept')]),
        ]);
        expect(kept).toMatchObject({ stdout: live.stdout, stderr: '', status: 0 });
      }
    });
  });

  test('keeps the raw bytes, the missing reports, and says what it kept', async () => {
    const document = `\uFEFF ${JSON.stringify(USUAL.messages)}\r\n`;
    const raw = await startUpstream({ ...USUAL, messages: document });
    await inFolder(async (folder) => {
      expect((await take(folder, raw.url.replace('http://', 'http://u:hunter2@'))).status).toBe(0);
      expect(readFileSync(join(folder, 'kept', 'messages.json'), 'utf8')).toBe(document);
      expect(readFileSync(join(folder, 'kept', 'reports', '5392.json'), 'utf8')).toBe(
        '{"id":5392,"name":"Tenant Obligations Report","credit_cost":79}',
      );
      const manifest = JSON.parse(readFileSync(join(folder, 'kept', 'manifest.json'), 'utf8'));
      expect(manifest).toMatchObject({
        source: `${raw.url}/`,
        period: 'current-period',
        missing_reports: ['9999'],
      });
      expect(manifest.program).toMatch(/^o-copilot \d/);
      expect(JSON.stringify(manifest)).not.toContain('hunter2');
    });
    await raw.close();
  });

  test('may be the empty working folder, which has no .env to be read', async () => {
    await inFolder(async (cwd) => {
      expect(await runMain(['snapshot', '.', '--source', 'sample'], { cwd })).toMatchObject({ status: 0 });
      expect(readdirSync(cwd).sort()).toEqual(['manifest.json', 'messages.json', 'reports']);
      const { stdout } = await runMain(['--source', 'sample', '--json']);
      expect(await runMain(['--source', '.', '--json'], { cwd })).toMatchObject({ stdout, status: 0 });
    });
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, '.env'), 'O_COPILOT_SOURCE=sample\n');
      expect(await runMain(['snapshot', '.'], { cwd })).toMatchObject({ status: 64 });
      expect(readdirSync(cwd)).toEqual(['.env']);
    });
  });

  test('keeps a document that was read again only once', async () => {
    const shaky = await startUpstream({
      ...USUAL,
      script: { [MESSAGES_PATH]: [{ cutAfterBytes: 150 }, {}] },
    });
    await inFolder(async (folder) => {
      expect((await take(folder, shaky.url)).status).toBe(0);
      expect(await runMain(['--json', '--source', join(folder, 'kept')])).toMatchObject({
        stdout: BILL,
        status: 0,
      });
    });
    await shaky.close();
  });

  test('keeps odd report ids apart and inside its folder', async () => {
    const ids = ['..etc..', 'A', 'a', 'x'.repeat(200), '...', 'con', '%41', 'é'];
    const odd = await startUpstream({
      messages: {
        messages: ids.map((id, index) => ({
          id: index,
          timestamp: '2024-01-01T00:00:00Z',
          text: '',
          report_id: id,
        })),
      },
      reports: Object.fromEntries(
        ids.map((id, index) => [id, { id, name: `N${index}`, credit_cost: index + 1 }]),
      ),
    });
    await inFolder(async (folder) => {
      const live = await runMain(['--csv', '--source', odd.url]);
      expect(live).toMatchObject({ status: 0, stderr: '' });
      expect(await take(folder, odd.url)).toMatchObject({ status: 0, stderr: '' });
      expect(readdirSync(folder)).toEqual(['kept']);
      expect(await runMain(['--csv', '--source', join(folder, 'kept')])).toMatchObject({
        stdout: live.stdout,
        status: 0,
      });
    });
    await odd.close();
  });
});

describe('a snapshot that is not what was kept exits 65 and writes nothing', () => {
  let kept: string;
  let remove: () => void;
  beforeAll(async () => {
    const { mkdtempSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(join(tmpdir(), 'o-copilot-snapshot-'));
    await take(folder);
    kept = join(folder, 'kept');
    remove = () => rmSync(folder, { recursive: true });
  });
  afterAll(() => remove());

  const append = (file: string) => (folder: string) => writeFileSync(join(folder, file), ' ', { flag: 'a' });
  const edit = (file: string, from: string, to: string) => (folder: string) =>
    writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(from, to));
  const gone = (file: string) => (folder: string) => rmSync(join(folder, file));

  test.for([
    ['a byte more in the messages', append('messages.json'), 65, 'messages.json does not match the snapshot'],
    [
      'another cost in a report',
      edit('reports/5392.json', '79', '78'),
      65,
      'reports/5392.json does not match',
    ],
    ['a report gone', gone('reports/5392.json'), 65, 'reports/5392.json'],
    ['the messages gone', gone('messages.json'), 65, 'messages.json'],
    [
      'a cut of the messages',
      (folder: string) => writeFileSync(join(folder, 'messages.json'), '{"messages":[]}'),
      65,
      'does not match the snapshot',
    ],
    ['a manifest that is no JSON', append('manifest.json'), 0, ''],
    [
      'a manifest cut',
      (folder: string) => writeFileSync(join(folder, 'manifest.json'), '{'),
      65,
      'is not valid JSON',
    ],
    [
      'a manifest of another format',
      edit('manifest.json', 'o-copilot-snapshot/1', 'o-copilot-snapshot/9'),
      65,
      'is not a manifest of the format',
    ],
    [
      'a manifest that leads out of the folder',
      edit('manifest.json', '"messages.json"', '"../messages.json"'),
      65,
      'messages.file: expected the name of a file in the snapshot, got a string',
    ],
    [
      'a manifest without a sum',
      edit('manifest.json', '"sha256"', '"sha"'),
      65,
      'manifest.json: messages.sha256: is missing',
    ],
    [
      'a missing report left out of the manifest',
      edit('manifest.json', '"9999"', ''),
      65,
      'holds nothing of report 9999',
    ],
    ['no manifest', gone('manifest.json'), 66, 'is not a snapshot'],
  ] as const)('%s', async ([, spoil, status, says]) => {
    await inFolder(async (folder) => {
      cpSync(kept, join(folder, 'kept'), { recursive: true });
      spoil(join(folder, 'kept'));
      const run = await runMain(['--json', '--source', 'kept'], { cwd: folder });
      expect(run).toMatchObject({ status, stdout: status === 0 ? BILL : '' });
      expect(run.stderr).toContain(says);
    });
  });
});

describe('whatever goes wrong, no folder stands under the name', () => {
  const failures: readonly [string, UpstreamOptions, number][] = [
    ['upstream fails', { ...USUAL, script: { [REPORT_PATH]: { status: 400 } } }, 69],
    ['the messages are cut', { ...USUAL, script: { [MESSAGES_PATH]: { cutAfterBytes: 150 } } }, 69],
    ['the data is wrong', { messages: { messages: [{ id: 1 }] } }, 65],
  ];
  test.for(failures)('%s', async ([, options, status]) => {
    const bad = await startUpstream(options);
    await inFolder(async (folder) => {
      expect(await take(folder, bad.url, '--retries', '0')).toMatchObject({ stdout: '', status });
      expect(readdirSync(folder)).toEqual([]);
    });
    await bad.close();
  });

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('%s while a report is awaited', async ([signal, status]) => {
    const hung = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { never: true } } });
    await inFolder(async (folder) => {
      const child = startBin(['snapshot', 'kept', '--source', hung.url], { cwd: folder }, 'ignore');
      const exit = once(child, 'exit');
      await expect.poll(() => hung.hits(REPORT_PATH), { timeout: 15_000 }).toBe(1);
      child.kill(signal);
      expect((await exit)[0]).toBe(status);
      expect(existsSync(join(folder, 'kept'))).toBe(false);
      if (signal === 'SIGKILL') {
        expect((await take(folder)).status).toBe(0);
        expect(readdirSync(folder)).toEqual(['kept']);
      }
      expect(readdirSync(folder).filter((name) => name !== 'kept')).toEqual([]);
    });
    await hung.close();
  });

  test('a folder that holds anything is never replaced', async () => {
    await inFolder(async (folder) => {
      mkdirSync(join(folder, 'kept'));
      writeFileSync(join(folder, 'kept', 'mine'), 'mine');
      const before = upstream.requests.length;
      const run = await take(folder);
      expect(run).toMatchObject({ stdout: '', status: 73 });
      expect(run.stderr).toContain('cannot create kept: exists and is not empty');
      expect(readFileSync(join(folder, 'kept', 'mine'), 'utf8')).toBe('mine');
      expect(upstream.requests).toHaveLength(before);
    });
  });
});
