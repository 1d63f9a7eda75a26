import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { exchange, requestText } from './raw-http.js';
import { type Serving, startServe } from './start-serve.js';

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});
async function serve(...flags: string[]): Promise<Serving> {
  const serving = await startServe(['--source', 'sample', ...flags]);
  running.push(serving.stop);
  return serving;
}
async function visitors(serving: Serving, count: number): Promise<unknown[]> {
  const answered = () => serving.log.filter(({ msg }) => msg === 'answered');
  await expect.poll(() => answered().length).toBe(count);
  return answered().map(({ visitor }) => visitor);
}
/** A request as a proxy would send it. */
async function ask({ url }: Serving, target: string, ...headers: string[]) {
  const text = requestText({ target, headers: ['Host: localhost', 'Connection: close', ...headers] });
  return (await exchange(url, text)).at(0);
}

describe('fault E17 (behind a reverse proxy): who the client is', () => {
  test('without --trust-proxy no header says so', async () => {
    const serving = await serve();
    await ask(
      serving,
      '/usage',
      'X-Forwarded-For: 192.0.2.1',
      'Forwarded: for=192.0.2.1',
      'X-Real-IP: 192.0.2.1',
    );
    expect(await visitors(serving, 1)).toEqual(['ip 127.0.0.1']);
  });

  test('an address that is not trusted cannot either', async () => {
    const serving = await serve('--trust-proxy', '10.0.0.0/8,192.168.1.1');
    await ask(serving, '/usage', 'X-Forwarded-For: 192.0.2.1');
    expect(await visitors(serving, 1)).toEqual(['ip 127.0.0.1']);
  });

  test('from a trusted one the last address that is not trusted counts, for the log and the limit', async () => {
    const serving = await serve('--trust-proxy', '127.0.0.1,10.0.0.0/8', '--rate-limit', '2/1m');
    const statuses: (number | undefined)[] = [];
    for (const chain of [
      '192.0.2.1',
      // What the client claims comes first, and does not count.
      '203.0.113.9, 192.0.2.1, 10.1.2.3',
      '198.51.100.1, 192.0.2.1',
      '192.0.2.2',
      'junk<script>',
      '2001:db8:1:2::7',
      // As Azure's gateways have it.
      '192.0.2.3:50612',
      '[2001:db8:1:3::7]:50612',
      '192.0.2.3:x',
    ]) {
      statuses.push((await ask(serving, '/usage', `X-Forwarded-For: ${chain}`))?.status);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 200, 200, 200, 200, 200]);
    expect(await visitors(serving, 9)).toEqual([
      ...['ip 192.0.2.1', 'ip 192.0.2.1', 'ip 192.0.2.1', 'ip 192.0.2.2'],
      ...['ip 127.0.0.1', 'ip 2001:db8:1:2::/64'],
      ...['ip 192.0.2.3', 'ip 2001:db8:1:3::/64', 'ip 127.0.0.1'],
    ]);
  });

  test.each([
    ['--trust-proxy', 'everybody'],
    ['--trust-proxy', '10.0.0.0/33'],
    ['--base-path', 'billing'],
    ['--base-path', '/a/../b'],
    ['--cors-origin', '*'],
    ['--cors-origin', 'https://example.org/path'],
  ])('%s %s is refused', async (flag, value) => {
    const run = await runMain(['serve', '--source', 'sample', flag, value]);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(flag);
  });
});

describe('fault E17 (behind a reverse proxy): where the service is', () => {
  test('--base-path is taken off where the proxy leaves it; nothing else changes', async () => {
    const serving = await serve('--base-path', '/billing/');
    for (const [target, status] of [
      ['/billing/usage?limit=1', 200],
      ['/usage?limit=1', 200],
      ['/billing/', 200],
      ['/billing', 200],
      ['/billing?timezone=UTC', 200],
      ['http://localhost/billing/usage?limit=1', 200],
      ['HTTP://localhost/billing', 200],
      ['http://localhost/usage?limit=1', 200],
      ['http://localhost/billingx/usage', 404],
      ['/billingx/usage', 404],
      ['/billing/billing/usage', 404],
      ['/other/usage', 404],
    ] as const) {
      expect([target, (await ask(serving, target))?.status]).toEqual([target, status]);
    }
    expect((await ask(serving, '/billing/usage?limit=1'))?.headers.link).toMatch(/^<\?limit=1&cursor=/);
  });
});

const hasNginx = spawnSync('nginx', ['-v']).status === 0;

describe('fault E17 (behind a reverse proxy): the configuration in docs/service.md', () => {
  test.skipIf(!hasNginx)('nginx at /billing/ (needs nginx)', async () => {
    await inFolder(async (folder) => {
      const serving = await serve(
        '--trust-proxy',
        '127.0.0.1',
        '--base-path',
        '/billing',
        '--rate-limit',
        '40/1m',
      );
      const port = await freePort();
      const [, documented = ''] =
        /```nginx\n([\s\S]*?)```/.exec(readFileSync('docs/service.md', 'utf8')) ?? [];
      expect(documented).toContain('127.0.0.1:8080');
      const location = documented.replaceAll('127.0.0.1:8080', new URL(serving.url).host);
      await startNginx(folder, port, location);
      const url = `http://127.0.0.1:${port}`;
      // Another address than nginx has, and a claim to be somebody else.
      const get = (path: string) =>
        getFrom('127.0.0.2', url + path, { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' });

      const ids: number[] = [];
      for (let next: string | undefined = '/billing/usage?limit=40'; next !== undefined; ) {
        const reply = await get(next);
        expect(reply.status).toBe(200);
        ids.push(...[...reply.body.matchAll(/"message_id":(\d+)/g)].map(([, id]) => Number(id)));
        const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(reply.link ?? '')?.[1];
        if (link === undefined) break;
        const following: URL = new URL(link, url + next);
        expect(following.pathname).toBe('/billing/usage');
        next = following.pathname + following.search;
      }
      expect(ids).toHaveLength(new Set(ids).size);
      const direct = await (await serving.get('/usage')).text();
      expect(ids).toHaveLength(direct.split('"message_id"').length - 1);
      const page = await get('/billing/');
      expect(page.type).toContain('text/html');
      // Nothing on the page leads out of /billing/.
      expect(page.body).not.toMatch(/(?:href|src|action)="\//);
      const api: unknown = JSON.parse((await get('/billing/openapi.json')).body);
      expect(api).toMatchObject({ servers: [{ url: '.' }] });
      expect(await get('/billing')).toMatchObject({ status: 308, location: '/billing/' });
      const lines = () => serving.log.filter(({ msg, route }) => msg === 'answered' && route !== 'unknown');
      // The log is written in batches, the direct request's line after those of the walk.
      await expect.poll(() => lines().filter(({ visitor }) => visitor === 'ip 127.0.0.1').length).toBe(1);
      await expect.poll(() => lines().length).toBeGreaterThan(3);
      const answered = lines();
      expect(new Set(answered.map(({ visitor }) => visitor))).toEqual(
        new Set(['ip 127.0.0.2', 'ip 127.0.0.1']),
      );
      expect(answered.filter(({ visitor }) => visitor === 'ip 127.0.0.1')).toHaveLength(1);
      const smuggled = `GET /billing/usage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\nGET `;
      expect((await exchange(url, smuggled)).at(0)?.status).toBeGreaterThanOrEqual(400);
    });
  });
});

async function getFrom(localAddress: string, url: string, headers: Record<string, string>) {
  const asked = request(url, { localAddress, headers, agent: false }).end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (response === undefined) throw new Error('no response');
  const { statusCode: status, headers: got } = response;
  const link = got.link === undefined ? undefined : `${got.link}`;
  return { status, link, type: got['content-type'], location: got.location, body: await text(response) };
}

async function startNginx(folder: string, port: number, location: string): Promise<void> {
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
     events {}
     http {
       access_log off;
       client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
       uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
       server { listen 127.0.0.1:${port}; ${location} }
     }`,
  );
  const nginx: ChildProcess = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const ended = once(nginx, 'close');
  running.push(async () => {
    nginx.kill('SIGQUIT');
    await ended;
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 10_000 }).toBe(true);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
