import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { DataError, UpstreamError } from '../../src/errors.js';
import { toProblem } from '../../src/service/shared/problem.js';
import { MESSAGES, MESSAGES_PATH, REPORT_PATH, REPORTS, USUAL } from '../process/period.js';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { type Reply, startUpstream, type Upstream } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { type Serving, startServe, startServeProcess } from './start-serve.js';

const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

let upstream: Upstream | undefined;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  await upstream?.close();
  serving = undefined;
  upstream = undefined;
});

describe('fault E23 (502, 503 and 504 say when to come back, where that is known)', () => {
  const inTwoMinutes = () => new Date(Date.now() + 120_000).toUTCString();
  test.each<[string, string, Reply, number, RegExp | null]>([
    ['a 503 of the messages', MESSAGES_PATH, { status: 503, headers: { 'retry-after': '77' } }, 502, /^77$/],
    ['a 429 of a report', REPORT_PATH, { status: 429, headers: { 'retry-after': '78' } }, 502, /^78$/],
    [
      'a date',
      MESSAGES_PATH,
      { status: 503, headers: { 'retry-after': inTwoMinutes() } },
      502,
      /^(1[0-2]\d|9\d)$/,
    ],
    [
      'longer than it waits',
      MESSAGES_PATH,
      { status: 503, headers: { 'retry-after': '86400' } },
      504,
      /^86400$/,
    ],
    ['nothing', MESSAGES_PATH, { status: 503 }, 502, null],
    ['junk', MESSAGES_PATH, { status: 503, headers: { 'retry-after': 'soon' } }, 502, null],
  ])('upstream says so: %s', async (_, path, reply, status, retryAfter) => {
    upstream = await startUpstream({ ...USUAL, script: { [path]: reply } });
    const retries = status === 504 ? '1' : '0';
    serving = await startServe(['--source', upstream.url, '--retries', retries]);
    const answer = await serving.get('/usage');
    expect(answer.status).toBe(status);
    if (retryAfter === null) expect(answer.headers.get('retry-after')).toBeNull();
    else expect(answer.headers.get('retry-after')).toMatch(retryAfter);
  });
});

describe('fault F5 (an error shows no path of the server)', () => {
  const SECRET = 'folder-that-nobody-may-see';

  async function expectHidden(get: Serving['get'], path: string, status: number, folder: string) {
    const answer = await get(path);
    const body = await answer.text();
    expect([path, answer.status]).toEqual([path, status]);
    for (const part of [SECRET, folder, '/tmp', 'messages.json']) expect(body).not.toContain(part);
    return answer;
  }

  test.each<[string, (folder: string) => void, number]>([
    ['the messages are gone', (folder) => rmSync(join(folder, 'messages.json')), 503],
    [
      'the messages are a folder',
      (folder) => {
        rmSync(join(folder, 'messages.json'));
        mkdirSync(join(folder, 'messages.json'));
      },
      503,
    ],
    ['the messages are no JSON', (folder) => writeFileSync(join(folder, 'messages.json'), '{'), 502],
    [
      'a report is a folder',
      (folder) => {
        rmSync(join(folder, 'reports', '5392.json'));
        mkdirSync(join(folder, 'reports', '5392.json'));
      },
      503,
    ],
    ['a report is no JSON', (folder) => writeFileSync(join(folder, 'reports', '5392.json'), '<'), 502],
    ['there is no folder of reports', (folder) => rmSync(join(folder, 'reports'), { recursive: true }), 502],
  ])('of a file: %s', async (_, harm, status) => {
    await inFolder(async (outer) => {
      const folder = join(outer, SECRET);
      mkdirSync(join(folder, 'reports'), { recursive: true });
      writeFileSync(join(folder, 'messages.json'), JSON.stringify({ messages: MESSAGES }));
      writeFileSync(join(folder, 'reports', '5392.json'), JSON.stringify(REPORTS[5392]));
      const flags = ['--messages-ttl', '1ms', '--cache-ttl', '1ms'];
      serving = await startServe(['--source', join(folder, 'messages.json'), ...flags]);
      expect((await serving.get('/usage')).status).toBe(200);
      harm(folder);
      await expectHidden(serving.get, '/usage', status, folder);
      const reason = JSON.parse(await (await serving.get('/ready')).text()).upstream.reason ?? '';
      expect(reason).not.toContain(SECRET);
      // Whoever runs it finds it in the log.
      expect(JSON.stringify(await serving.logged('cannot answer'))).toMatch(
        /folder-that|the messages document|report 5392/,
      );
    });
  });

  test.each<[string, (folder: string) => void, number]>([
    ['the manifest is gone', (folder) => rmSync(join(folder, 'manifest.json')), 503],
    [
      'a report is not what it was',
      (folder) => writeFileSync(join(folder, 'reports', '5392.json'), '{}'),
      502,
    ],
    ['a report is gone', (folder) => rmSync(join(folder, 'reports', '5392.json')), 502],
  ])('of a snapshot: %s', async (_, harm, status) => {
    await inFolder(async (outer) => {
      upstream = await startUpstream(USUAL);
      const folder = join(outer, SECRET);
      expect(await runMain(['snapshot', folder, '--source', upstream.url])).toMatchObject({ status: 0 });
      serving = await startServe(['--source', folder, '--messages-ttl', '1ms', '--cache-ttl', '1ms']);
      expect((await serving.get('/usage')).status).toBe(200);
      harm(folder);
      await expectHidden(serving.get, '/usage', status, folder);
    });
  });

  test('of the temporary folder: a large answer is a 503 with Retry-After, a small one is made', async () => {
    upstream = await startUpstream({ messages: { messages: messagesApart(100_000) } });
    serving = await startServeProcess(['--source', upstream.url, '--messages-ttl', '1h'], {
      TMPDIR: `/nowhere/${SECRET}`,
    });
    const { get } = serving;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => expectHidden(get, `/usage?offset=${index}`, 503, '/nowhere')),
    );
    for (const answer of answers) expect(answer.headers.get('retry-after')).toBe('5');
    expect((await get('/usage?limit=100')).status).toBe(200);
    expect((await get('/summary')).status).toBe(200);
  });

  test.skipIf(!canMount)(
    'a full temporary disk: 503 with Retry-After, other answers are made, and nothing is left (needs mount)',
    async () => {
      await inFolder(async (folder) => {
        expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder]).status).toBe(0);
        try {
          upstream = await startUpstream({ messages: { messages: messagesApart(60_000) } });
          const flags = ['--source', upstream.url, '--messages-ttl', '1h'];
          serving = await startServeProcess(flags, { TMPDIR: folder });
          const { get } = serving;
          for (let turn = 0; turn < 3; turn++) {
            const refused = await expectHidden(get, `/usage?offset=${turn}`, 503, folder);
            expect(refused.headers.get('retry-after')).toBe('5');
            expect((await get('/usage?limit=100')).status).toBe(200);
            expect((await get('/summary')).status).toBe(200);
          }
          // Nameless files count too.
          expect(statfsSync(folder).bfree).toBe(statfsSync(folder).blocks);
          expect(readdirSync(folder)).toEqual([]);
        } finally {
          await serving?.stop();
          serving = undefined;
          spawnSync('umount', [folder]);
        }
      });
    },
  );

  test('what is no path of the server stays', () => {
    const detail = (error: unknown) => toProblem(error, ['/data/in use/x.json']).detail;
    expect(detail(new UpstreamError('https://host/messages/a', 'answered with status 500'))).toBe(
      'GET https://host/messages/a: answered with status 500',
    );
    expect(detail(new DataError('message 7', 'expected 1/2 or "a/b"', 'text'))).toBe(
      'message 7: text: expected 1/2 or "a/b"',
    );
    expect(detail(new DataError('snapshot /data/in use/x.json', 'is damaged, as is /data/y'))).toBe(
      'snapshot (the source): is damaged, as is (a file of the server)',
    );
  });
});
