import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { startUpstream, type Upstream } from '../upstream.js';
import { type Serving, startServe } from './start-serve.js';

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
    expect(serving.log.map(({ msg }) => msg)).toContain('redis is down: serving without its cache');
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
