import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { runMain } from '../process/run-main.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { nextPage, type Serving, startServe } from './start-serve.js';

describe('over one upstream', () => {
  let upstream: Upstream;
  let serving: Serving;
  beforeAll(async () => {
    upstream = await startUpstream(USUAL);
    serving = await startServe(['--source', upstream.url]);
  });
  afterAll(async () => {
    await serving.stop();
    await upstream.close();
  });

  test('GET /usage is the contract, as JSON', async () => {
    const reply = await serving.get('/usage');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await reply.text()).toBe(BILL);
  });

  test.each([
    ['', ''],
    ['since=2024-04-30', '--since 2024-04-30'],
    ['until=2024-04-30&timezone=America/New_York', '--until 2024-04-30 --timezone America/New_York'],
    [
      'since=2024-04-29T03:25:03Z&until=2024-05-01T00:00:00Z',
      '--since 2024-04-29T03:25:03Z --until 2024-05-01T00:00:00Z',
    ],
    ['report=5392', '--report 5392'],
    ['kind=missing-report', '--kind missing-report'],
    ['sort=credits_used&desc', '--sort credits_used --desc'],
    ['sort=credits_used&desc=true&limit=2&offset=1', '--sort credits_used --desc --limit 2 --offset 1'],
    ['limit=0', '--limit 0'],
    ['offset=9', '--offset 9'],
  ])('?%s gives the bytes of usage %s', async (query, flags) => {
    const words = ['--source', upstream.url, ...flags.split(' ').filter(Boolean)];
    for (const format of ['json', 'ndjson', 'csv']) {
      const [reply, run] = await Promise.all([
        serving.get(`/usage?${query}&format=${format}`.replace('?&', '?')),
        runMain(['usage', '--format', format, ...words]),
      ]);
      expect(run.status).toBe(0);
      expect(reply.status).toBe(200);
      expect(await reply.text()).toBe(run.stdout);
    }
  });

  test.each([
    ['text/csv', 'text/csv; charset=utf-8; header=present'],
    ['application/x-ndjson', 'application/x-ndjson; charset=utf-8'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json; charset=utf-8'],
    ['text/csv;q=0.5, application/json;q=0.4', 'text/csv; charset=utf-8; header=present'],
  ])('Accept: %s', async (accept, type) => {
    const reply = await serving.get('/usage', { accept });
    expect(reply.headers.get('content-type')).toBe(type);
    expect(reply.headers.get('vary')).toBe('accept, accept-encoding');
  });

  test('an Accept that nothing fits is a 406, unless the format is named', async () => {
    const accept = 'image/png';
    expect((await serving.get('/usage', { accept })).status).toBe(406);
    expect((await serving.get('/usage?format=csv', { accept })).status).toBe(200);
  });

  test.each([
    ['limit=x', 'limit', 'limit: expected a whole number of at least 0, got "x"'],
    ['limit=-1', 'limit', 'limit: expected'],
    ['since=yesterday', 'since', 'since: expected a date'],
    ['since=2024-05-02&until=2024-05-01', 'since', 'since: 2024-05-02 is after until 2024-05-01'],
    ['timezone=Mars', 'timezone', 'timezone: expected an IANA time zone'],
    ['kind=free', 'kind', 'kind: expected one of report, text, missing-report'],
    ['sort=price', 'sort', 'sort: expected one of'],
    ['desc', 'desc', 'desc: needs sort'],
    ['desc=maybe&sort=text', 'desc', 'desc: expected true or false'],
    ['format=xml', 'format', 'format: expected one of json, ndjson, csv'],
    ['limit=1&limit=2', 'limit', 'limit: is given twice'],
    ['cursor=abc', 'cursor', 'cursor: is none that this service gave'],
    ['fields=text', 'fields', 'fields: expected one of '],
    ['__proto__=1', '__proto__', '__proto__: no such parameter'],
  ])('?%s is a 400 that names the parameter', async (query, parameter, detail) => {
    const before = upstream.requests.length;
    const reply = await serving.get(`/usage?${query}`);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await reply.json()).toMatchObject({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'bad_query',
      parameter,
      detail: expect.stringContaining(detail),
      instance: reply.headers.get('x-request-id'),
    });
    expect(upstream.requests.length).toBe(before);
  });

  test('a client that has the bytes gets a 304, and HEAD gets no bytes', async () => {
    const first = await serving.get('/usage');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const reply = await serving.get('/usage', { 'if-none-match': condition });
      expect(reply.status).toBe(304);
      expect(await reply.text()).toBe('');
    }
    expect((await serving.get('/usage', { 'if-none-match': '"other"' })).status).toBe(200);
    const head = await fetch(`${serving.url}/usage`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(`${Buffer.byteLength(BILL)}`);
  });

  test('explains one message as explain --json does', async () => {
    for (const id of ['1000', '1001', '1002']) {
      const [reply, run] = await Promise.all([
        serving.get(`/usage/${id}`),
        runMain(['explain', id, '--json', '--source', upstream.url]),
      ]);
      expect(await reply.text()).toBe(run.stdout);
    }
    expect((await serving.get('/usage/7')).status).toBe(404);
    expect((await serving.get('/usage/x')).status).toBe(400);
  });

  test('sums as summary does', async () => {
    for (const [query, flags] of [
      ['by=kind', '--by kind'],
      ['by=day,kind&timezone=Asia/Tokyo', '--by day --by kind --timezone Asia/Tokyo'],
      ['by=report&since=2024-04-30', '--by report --since 2024-04-30'],
    ] as const) {
      for (const format of ['json', 'ndjson', 'csv']) {
        const [reply, run] = await Promise.all([
          serving.get(`/summary?${query}&format=${format}`),
          runMain(['summary', '--format', format, '--source', upstream.url, ...flags.split(' ')]),
        ]);
        expect(run.status).toBe(0);
        expect(await reply.text()).toBe(run.stdout);
      }
    }
    expect((await serving.get('/summary?by=year')).status).toBe(400);
    expect((await serving.get('/summary?by=day,week,month')).status).toBe(400);
  });

  test('the page is the one that the format html gives, with its policy', async () => {
    const reply = await serving.get('/');
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await reply.text();
    expect(html).toContain('Tenant Obligations Report');
    expect(html).toContain('"total":"95"');
  });
});

describe('pages', () => {
  let upstream: Upstream | undefined;
  let serving: Serving | undefined;
  afterEach(async () => {
    await serving?.stop();
    await upstream?.close();
  });
  async function serve(options: UpstreamOptions, ...flags: string[]): Promise<Serving> {
    upstream = await startUpstream(options);
    serving = await startServe(['--source', upstream.url, '--messages-ttl', '1ms', ...flags]);
    return serving;
  }

  /** Follows the links from `path` on; `between` is called after each page. */
  async function follow(path: string, between: () => void = () => {}): Promise<number[]> {
    const ids: number[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const reply: Response = (await serving?.get(next)) ?? Response.error();
      expect(reply.status).toBe(200);
      const bill = await reply.text();
      ids.push(...[...bill.matchAll(/"message_id":(\d+)/g)].map(([, id]) => Number(id)));
      next = nextPage(reply);
      between();
    }
    return ids;
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  test('follow each other to the end, whatever the size', async () => {
    await serve({ messages: { messages: messagesApart(10) } });
    for (const limit of [1, 3, 5, 10, 11]) expect(await follow(`/usage?limit=${limit}`)).toEqual(upTo(10));
    expect(await follow('/usage?limit=4&offset=3')).toEqual(upTo(10).slice(3));
    expect(await follow('/usage?limit=3&sort=message_id&desc')).toEqual(upTo(10).reverse());
    expect(await follow('/usage?limit=0')).toEqual([]);
  });

  test('neither skip nor repeat while upstream grows at both ends', async () => {
    const messages = messagesApart(10, 100);
    await serve({ messages: { messages } });
    let older = 100;
    let newer = 110;
    const ids = await follow('/usage?limit=3', () => {
      older -= 2;
      messages.unshift(...messagesApart(2, older));
      messages.push(...messagesApart(1, newer));
      newer++;
    });
    // The fifth page held 112 and 113, and was the last when it was made.
    expect(ids).toEqual(Array.from({ length: 14 }, (_, index) => 100 + index));
  });

  test('a cursor belongs to its query, and says so when its row is gone', async () => {
    const messages = messagesApart(6);
    await serve({ messages: { messages } });
    const first = await serving?.get('/usage?limit=2&sort=text');
    const next = nextPage(first) ?? '';
    expect((await serving?.get(next.replace('sort=text', 'sort=timestamp')))?.status).toBe(400);
    expect((await serving?.get(`${next}&offset=1`))?.status).toBe(400);
    messages.splice(1, 1, { id: 2, timestamp: '2024-04-01T00:00:02Z', text: 'another text' });
    const moved = await serving?.get(next);
    expect(moved?.status).toBe(410);
    expect(await moved?.json()).toMatchObject({ code: 'cursor_gone' });
  });

  test('there are none where every copy of a message counts', async () => {
    await serve(
      { messages: { messages: [...messagesApart(3), ...messagesApart(3)] } },
      '--duplicates',
      'keep',
    );
    const reply = await serving?.get('/usage?limit=2');
    expect(reply?.headers.get('link')).toBeNull();
  });
});
