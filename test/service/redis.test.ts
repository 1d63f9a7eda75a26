import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { inFolder } from '../process/run.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { type Serving, startServe, startServeProcess } from './start-serve.js';

const installed = spawnSync('redis-server', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real Redis that keeps nothing on disk. */
async function startRedis(port: number) {
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.includes('Ready to accept connections')) break;
  }
  const ended = once(child, 'close');
  return {
    child,
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

// Without redis-server on this machine these are shown as skipped.
describe.skipIf(!installed)('with a real Redis', () => {
  let upstream: Upstream | undefined;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  const running: Serving[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((serving) => serving.stop()));
    await redis?.stop();
    await upstream?.close();
    redis = undefined;
    upstream = undefined;
  });
  async function serve(port: number, ...flags: string[]): Promise<Serving> {
    upstream ??= await startUpstream(USUAL);
    const serving = await startServe([
      '--source',
      upstream.url,
      '--redis',
      `redis://127.0.0.1:${port}`,
      '--messages-ttl',
      '1ms',
      ...flags,
    ]);
    running.push(serving);
    return serving;
  }
  const redisState = async ({ get }: Serving) => JSON.parse(await (await get('/ready')).text()).redis;

  test('services share reports and the limit of requests', async () => {
    const port = await freePort();
    redis = await startRedis(port);
    const [one, other] = [
      await serve(port, '--rate-limit', '4/1h'),
      await serve(port, '--rate-limit', '4/1h'),
    ];
    await Promise.all([one.logged('redis is up'), other.logged('redis is up')]);
    expect(await (await one.get('/usage')).text()).toBe(BILL);
    expect(await (await other.get('/usage')).text()).toBe(BILL);
    expect(upstream?.hits('/reports/5392')).toBe(1);
    expect(upstream?.hits('/reports/9999')).toBe(1);
    expect((await one.get('/usage')).status).toBe(200);
    expect((await other.get('/usage')).status).toBe(200);
    expect((await one.get('/usage')).status).toBe(429);
    expect((await other.get('/usage')).status).toBe(429);
  });

  test('stopped, hung and started again under load: every answer is right', async () => {
    const port = await freePort();
    redis = await startRedis(port);
    const serving = await serve(port, '--rate-limit', '1000000/1h');
    await serving.logged('redis is up');
    let ended = false;
    let answered = 0;
    const clients = Array.from({ length: 8 }, async () => {
      while (!ended) {
        const answer = await serving.get('/usage');
        expect([answer.status, await answer.text()]).toEqual([200, BILL]);
        answered++;
        // They shall be there all the time, not take all of the processor.
        await sleep(10);
      }
    });
    const more = async () => {
      const enough = answered + 20;
      await expect.poll(() => answered, { timeout: 15_000 }).toBeGreaterThan(enough);
    };

    await more();
    await redis.stop();
    await expect.poll(() => redisState(serving), { timeout: 15_000 }).toBe('down');
    await more();
    redis = await startRedis(port);
    await expect.poll(() => redisState(serving), { timeout: 15_000 }).toBe('up');
    await more();
    redis.child.kill('SIGSTOP');
    await expect.poll(() => redisState(serving), { timeout: 15_000 }).toBe('down');
    await more();
    redis.child.kill('SIGCONT');
    await expect.poll(() => redisState(serving), { timeout: 15_000 }).toBe('up');
    await more();
    ended = true;
    await Promise.all(clients);
    const downs = serving.log.filter(({ msg }) => msg === 'redis is down: serving without its cache');
    // The system's word for the first depends on whether a command was under way.
    const closed = expect.stringMatching(/^(?:Socket closed unexpectedly|ECONNRESET)$/);
    expect(downs.map(({ reason }) => reason)).toEqual([closed, 'Socket timeout']);
    expect(serving.log.filter(({ msg }) => msg === 'a bug')).toEqual([]);
  });

  test('a Redis that is not there yet is no reason not to start', async () => {
    const port = await freePort();
    const serving = await serve(port, '--rate-limit', '3/1h');
    for (let turn = 0; turn < 3; turn++) expect((await serving.get('/usage')).status).toBe(200);
    // Without Redis each service counts for itself.
    expect((await serving.get('/usage')).status).toBe(429);
    redis = await startRedis(port);
    await serving.logged('redis is up');
    expect(await redisState(serving)).toBe('up');
  });
});

describe.skipIf(!installed)('a Redis that others write to (needs redis-server)', () => {
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  const upstreams: Upstream[] = [];
  const running: Serving[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((serving) => serving.stop()));
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()));
    await redis?.stop();
    redis = undefined;
  });
  async function begin(): Promise<number> {
    const port = await freePort();
    redis = await startRedis(port);
    return port;
  }
  async function upstreamOf(options: UpstreamOptions): Promise<Upstream> {
    const upstream = await startUpstream(options);
    upstreams.push(upstream);
    return upstream;
  }
  async function serve(
    port: number,
    source: string,
    flags: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Serving> {
    const fixed = ['--redis', `redis://127.0.0.1:${port}`, '--messages-ttl', '1ms', '--retries', '0'];
    const start = 'NODE_EXTRA_CA_CERTS' in env ? startServeProcess : startServe;
    const serving = await start(['--source', source, ...fixed, ...flags], env);
    running.push(serving);
    await serving.logged('redis is up');
    return serving;
  }
  const command = async (port: number, ...args: string[]): Promise<string> => {
    const child = spawn('redis-cli', ['-p', `${port}`, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    return (await text(child.stdout)).trim();
  };
  const keysOf = async (port: number) =>
    (await command(port, '--raw', 'keys', 'o-copilot:report:*')).split('\n').filter((key) => key !== '');
  const costs = (cost: number): UpstreamOptions => ({
    messages: { messages: [{ id: 1, timestamp: '2024-04-29T00:00:00Z', text: '', report_id: 7 }] },
    reports: { 7: { id: 7, name: 'R', credit_cost: cost } },
  });

  test('fault E7 (the cache belongs to all that an answer depends on): another token, other credentials in the URL, another CA file, another proxy exclusion', async () => {
    const port = await begin();
    const upstream = await upstreamOf(costs(11));
    const as = [
      await serve(port, upstream.url, [], { O_COPILOT_TOKEN: 'one' }),
      await serve(port, upstream.url, [], { O_COPILOT_TOKEN: 'two' }),
      await serve(port, upstream.url.replace('//', '//user:password@')),
      await serve(port, upstream.url, [], { NODE_EXTRA_CA_CERTS: '/nowhere.pem' }),
      await serve(port, upstream.url, [], { NO_PROXY: 'example.org' }),
    ];
    for (const [index, { get }] of as.entries()) {
      expect(await (await get('/usage')).text()).toContain('"credits_used":11');
      expect(upstream.hits('/reports/7')).toBe(index + 1);
    }
    await expect.poll(async () => (await keysOf(port)).length).toBe(as.length);
    const again = await serve(port, upstream.url, [], { O_COPILOT_TOKEN: 'two' });
    expect(await (await again.get('/usage')).text()).toContain('"credits_used":11');
    expect(upstream.hits('/reports/7')).toBe(as.length);
    expect((await keysOf(port)).join()).not.toContain('password');
  });

  test('fault E7 (the cache belongs to all that an answer depends on): one file name in two folders', async () => {
    const port = await begin();
    await inFolder(async (folder) => {
      for (const cost of [1, 2]) {
        const { messages, reports } = costs(cost);
        mkdirSync(join(folder, `${cost}`, 'reports'), { recursive: true });
        writeFileSync(join(folder, `${cost}`, 'messages.json'), JSON.stringify(messages));
        writeFileSync(join(folder, `${cost}`, 'reports', '7.json'), JSON.stringify(reports?.[7]));
      }
      for (const cost of [1, 2]) {
        const serving = await startServeProcess(
          ['--source', 'messages.json', '--redis', `redis://127.0.0.1:${port}`],
          {},
          join(folder, `${cost}`),
        );
        running.push(serving);
        expect(await (await serving.get('/usage')).text()).toContain(`"credits_used":${cost}}`);
      }
      // A path means other files on another machine: nothing of them is shared.
      expect(await keysOf(port)).toEqual([]);
    });
  });

  test.each<[string, (value: string) => string]>([
    ['empty', () => ''],
    ['cut', (value) => value.slice(0, -5)],
    [
      'changed by one character',
      (value) => `${value.slice(0, -5)}${value.at(-5) === 'A' ? 'B' : 'A'}${value.slice(-4)}`,
    ],
    ['of another time', (value) => value.replace(/\.(\d{13})\./, (_, sent) => `.${Number(sent) + 1}.`)],
    ['of the first format', () => 'found:eyJpZCI6NywibmFtZSI6IlIiLCJjcmVkaXRfY29zdCI6OTl9'],
    ['without its seal', (value) => `1.${'A'.repeat(43)}.${value.split('.').slice(2).join('.')}`],
    ['binary', () => '\u0001\u0002\uffff'],
    ['said to be missing', (value) => `${value.split('.').slice(0, 3).join('.')}.missing`],
  ])('fault E8 (what is damaged or foreign is a miss): a value that is %s', async (_, damage) => {
    const port = await begin();
    const upstream = await upstreamOf(costs(11));
    const first = await serve(port, upstream.url);
    expect(await (await first.get('/usage')).text()).toContain('"credits_used":11');
    await expect.poll(async () => (await keysOf(port)).length).toBe(1);
    const [key = ''] = await keysOf(port);
    expect(Number(await command(port, 'pttl', key))).toBeGreaterThan(0);
    await command(port, 'set', key, damage(await command(port, '--raw', 'get', key)));
    const { get } = await serve(port, upstream.url);
    for (let turn = 0; turn < 2; turn++) {
      const answer = await get('/usage');
      expect([answer.status, (await answer.text()).includes('"credits_used":11')]).toEqual([200, true]);
    }
    expect(upstream.hits('/reports/7')).toBe(2);
  });

  test('fault E8 (what is damaged or foreign is a miss): a value of 100 MB is not read', async () => {
    const port = await begin();
    const upstream = await upstreamOf(costs(11));
    await (await (await serve(port, upstream.url)).get('/usage')).text();
    await expect.poll(async () => (await keysOf(port)).length).toBe(1);
    const [key = ''] = await keysOf(port);
    await command(port, 'eval', "redis.call('set', KEYS[1], string.rep('x', 100000000))", '1', key);
    const { get } = await serve(port, upstream.url);
    expect(await (await get('/usage')).text()).toContain('"credits_used":11');
    const [, sent] = /total_net_output_bytes:(\d+)/.exec(await command(port, 'info', 'stats')) ?? [];
    expect(Number(sent)).toBeLessThan(50_000_000);
  });

  test('fault E8 (what is damaged or foreign is a miss): of another kind, of another report, of another secret', async () => {
    const port = await begin();
    const message = { timestamp: '2024-04-29T00:00:00Z', text: '' };
    const upstream = await upstreamOf({
      messages: {
        messages: [
          { ...message, id: 1, report_id: 7 },
          { ...message, id: 2, report_id: 8 },
        ],
      },
      reports: { 7: { id: 7, name: 'R', credit_cost: 11 }, 8: { id: 8, name: 'S', credit_cost: 22 } },
    });
    const right = async ({ get }: Serving) => {
      const answer = await get('/usage');
      expect(answer.status).toBe(200);
      expect(await answer.text()).toMatch(/"credits_used":11\}.*"credits_used":22\}/s);
    };
    await right(await serve(port, upstream.url));
    await expect.poll(async () => (await keysOf(port)).length).toBe(2);
    const [one = '', other = ''] = (await keysOf(port)).toSorted();
    await command(port, 'set', other, await command(port, '--raw', 'get', one));
    await command(port, 'del', one);
    await command(port, 'rpush', one, 'a list');
    const second = await serve(port, upstream.url);
    await right(second);
    expect(upstream.hits('/reports/7') + upstream.hits('/reports/8')).toBe(4);
    await right(await serve(port, upstream.url, [], { O_COPILOT_CACHE_SECRET: 'known to few' }));
    expect(upstream.hits('/reports/7') + upstream.hits('/reports/8')).toBe(6);
  });

  test('fault E8 (entries expire): an entry is no longer used than this service promises', async () => {
    const port = await begin();
    const upstream = await upstreamOf(costs(11));
    const longer = await serve(port, upstream.url, ['--cache-ttl', '1h']);
    expect((await longer.get('/usage')).status).toBe(200);
    await expect.poll(async () => (await keysOf(port)).length).toBe(1);
    const [key = ''] = await keysOf(port);
    expect(Number(await command(port, 'pttl', key))).toBeGreaterThan(3_000_000);
    const shorter = await serve(port, upstream.url, ['--cache-ttl', '1ms']);
    expect((await shorter.get('/usage')).status).toBe(200);
    expect(upstream.hits('/reports/7')).toBe(2);
  });

  test('fault E9 (counters belong to a service and a limit): another limit, another source; replicas share', async () => {
    const port = await begin();
    const [a, b] = [await upstreamOf(costs(1)), await upstreamOf(costs(2))];
    const statuses = async ({ get }: Serving, count: number) => {
      const found: number[] = [];
      for (let turn = 0; turn < count; turn++) found.push((await get('/usage')).status);
      return found;
    };
    const few = await serve(port, a.url, ['--rate-limit', '2/1h']);
    expect(await statuses(few, 3)).toEqual([200, 200, 429]);
    expect(await statuses(await serve(port, a.url, ['--rate-limit', '3/1h']), 4)).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await statuses(await serve(port, a.url, ['--rate-limit', '2/2h']), 1)).toEqual([200]);
    expect(await statuses(await serve(port, b.url, ['--rate-limit', '2/1h']), 1)).toEqual([200]);
    expect(await statuses(await serve(port, a.url, ['--rate-limit', '2/1h']), 1)).toEqual([429]);
  });

  test.each([
    ['a wrong password', 'right', 'redis://:wrong-password@', 'WRONGPASS'],
    ['no password', 'right', 'redis://', 'NOAUTH'],
    ['an unknown user', 'right', 'redis://nobody:wrong-password@', 'WRONGPASS'],
  ])(
    'fault E21 (the log says why Redis refuses, without the password, now and then): %s',
    async (_, password, scheme, reason) => {
      const port = await begin();
      await command(port, 'config', 'set', 'requirepass', password);
      const upstream = await upstreamOf(costs(11));
      const url = `${scheme}127.0.0.1:${port}`;
      const serving = await startServe([
        '--source',
        upstream.url,
        '--redis',
        url,
        '--messages-ttl',
        '1ms',
        '--cache-ttl',
        '1ms',
      ]);
      running.push(serving);
      for (let turn = 0; turn < 30; turn++) {
        expect(await (await serving.get('/usage')).text()).toContain('"credits_used":11');
      }
      const about = () => serving.log.filter(({ msg }) => `${msg}`.startsWith('redis'));
      await expect.poll(() => about().some((line) => line.reason === reason)).toBe(true);
      expect(about().length).toBeLessThanOrEqual(3);
      expect(serving.stderr()).not.toContain('wrong-password');
      expect(JSON.parse(await (await serving.get('/ready')).text()).redis).toBe('down');
    },
  );
});
