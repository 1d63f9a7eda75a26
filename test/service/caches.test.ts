import { afterEach, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { type Serving, startServe } from './start-serve.js';

const MESSAGES_PATH = '/messages/current-period';

let upstream: Upstream | undefined;
const running: Serving[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop()));
  await upstream?.close();
});
async function serve(options: UpstreamOptions, ...flags: string[]): Promise<[Serving, Upstream]> {
  upstream = await startUpstream(options);
  const serving = await startServe(['--source', upstream.url, ...flags]);
  running.push(serving);
  return [serving, upstream];
}

describe('the messages document', () => {
  test('is asked for once, however many want it at the same time', async () => {
    const slow = { delayMs: 100 };
    const [{ get }, { hits }] = await serve({
      ...USUAL,
      script: { [MESSAGES_PATH]: slow, '/reports/5392': slow },
    });
    const queries = Array.from({ length: 20 }, (_, index) => `/usage?limit=${10 + (index % 5)}`);
    const answers = await Promise.all(queries.map((query) => get(query)));
    for (const answer of answers) expect(await answer.text()).toBe(BILL);
    expect(hits(MESSAGES_PATH)).toBe(1);
    expect(hits('/reports/5392')).toBe(1);
    expect(hits('/reports/9999')).toBe(1);
  });

  test('is never served past its time', async () => {
    const messages = [...USUAL.messages.messages];
    const [{ get }, { hits }] = await serve({ ...USUAL, messages: { messages } }, '--messages-ttl', '300ms');
    const began = performance.now();
    const first = await (await get('/usage')).text();
    messages.pop();
    let latest = first;
    while (latest === first) {
      const asked = performance.now();
      latest = await (await get('/usage')).text();
      if (latest === first) expect(asked - began).toBeLessThan(2000);
    }
    // Counted from the request to upstream, which came after `began`.
    expect(performance.now() - began).toBeGreaterThan(300);
    expect(latest).not.toContain('1003');
    expect(hits(MESSAGES_PATH)).toBe(2);
  });

  test('is asked for by its ETag, and a 304 gives it new time', async () => {
    const headers = { etag: '"v1"' };
    const [{ get }, { hits, requests }] = await serve(
      { ...USUAL, script: { [MESSAGES_PATH]: [{ headers }, { status: 304, headers }, {}] } },
      '--messages-ttl',
      '1ms',
    );
    for (let turn = 0; turn < 3; turn++) expect(await (await get('/usage')).text()).toBe(BILL);
    expect(hits(MESSAGES_PATH)).toBe(3);
    const asked = requests.filter(({ path }) => path === MESSAGES_PATH);
    expect(asked.map((request) => request.headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
  });

  test('is asked for by Last-Modified only where that names one version', async () => {
    const asked = async (date: string) => {
      const headers = { 'last-modified': 'Mon, 29 Apr 2024 00:00:00 GMT', date };
      const [{ get }, { requests }] = await serve(
        { ...USUAL, script: { [MESSAGES_PATH]: { headers } } },
        '--messages-ttl',
        '1ms',
      );
      await get('/usage');
      await get('/usage');
      return requests.filter(({ path }) => path === MESSAGES_PATH)[1]?.headers['if-modified-since'];
    };
    expect(await asked('Mon, 29 Apr 2024 00:00:00 GMT')).toBeUndefined();
    expect(await asked('Mon, 29 Apr 2024 00:00:01 GMT')).toBe('Mon, 29 Apr 2024 00:00:00 GMT');
  });

  test.each([
    ['"v2"', 3],
    ['W/"v2"', 3],
    ['W/"v1"', 2],
  ])('a 304 of ETag %s after "v1": %i requests', async (etag, requested) => {
    const script = [
      { headers: { etag: '"v1"' } },
      { status: 304, headers: { etag } },
      { body: { messages: [] } },
    ];
    const [{ get }, { hits, requests }] = await serve(
      { ...USUAL, script: { [MESSAGES_PATH]: script } },
      '--messages-ttl',
      '1ms',
    );
    expect(await (await get('/usage')).text()).toBe(BILL);
    expect(await (await get('/usage')).text()).toBe(requested === 2 ? BILL : '{"usage":[]}\n');
    expect(hits(MESSAGES_PATH)).toBe(requested);
    const conditions = requests
      .filter(({ path }) => path === MESSAGES_PATH)
      .map(({ headers }) => headers['if-none-match']);
    expect(conditions).toEqual([undefined, '"v1"', undefined].slice(0, requested));
  });

  test('a 304 that nobody asked for is a failure', async () => {
    const [{ get }] = await serve({ ...USUAL, script: { [MESSAGES_PATH]: { status: 304 } } });
    expect((await get('/usage')).status).toBe(502);
  });
});

describe('reports', () => {
  test('count towards --max-memory for as long as their document holds them', async () => {
    const name = 'x'.repeat(200_000);
    const ids = Array.from({ length: 20 }, (_, index) => index + 1);
    const messages = ids.map((id) => ({ id, timestamp: '2024-05-01T00:00:00Z', text: '', report_id: id }));
    const reports = Object.fromEntries(ids.map((id) => [id, { id, name, credit_cost: id }]));
    const [{ get }] = await serve({ messages: { messages }, reports }, '--max-memory', '32m');
    expect((await get('/summary?by=kind')).status).toBe(200);
    const metrics = await (await get('/metrics')).text();
    expect(Number(/^o_copilot_memory_bytes (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(
      20 * 2 * name.length,
    );
    // Where there is no memory for them all the same, each answer requests them anew.
    const [small] = await serve({ messages: { messages }, reports }, '--max-memory', '2m');
    for (const by of ['kind', 'day']) expect((await small.get(`/summary?by=${by}`)).status).toBe(200);
  });

  test('are kept from one messages document to the next', async () => {
    const [{ get }, { hits }] = await serve(USUAL, '--messages-ttl', '1ms');
    for (let turn = 0; turn < 3; turn++) expect(await (await get('/usage')).text()).toBe(BILL);
    expect(hits(MESSAGES_PATH)).toBe(3);
    expect(hits('/reports/5392')).toBe(1);
    expect(hits('/reports/9999')).toBe(1);
  });

  test('are asked for again when their time is over', async () => {
    const changed = { body: { id: 5392, name: 'Tenant Obligations Report', credit_cost: 80.5 } };
    const [{ get }, { hits }] = await serve(
      { ...USUAL, script: { '/reports/5392': [{}, changed] } },
      '--messages-ttl',
      '1ms',
      '--cache-ttl',
      '200ms',
    );
    expect(await (await get('/usage')).text()).toBe(BILL);
    await expect.poll(async () => (await get('/usage')).text(), { timeout: 5000 }).toContain('80.5');
    expect(hits('/reports/5392')).toBe(2);
  });
});
