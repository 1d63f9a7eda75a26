import { afterEach, describe, expect, test } from 'vitest';
import { BILL, MESSAGES, MESSAGES_PATH, manyMessages, REPORTS, USUAL } from '../process/period.js';
import { type Reply, startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { nextPage, type Serving, startServe } from './start-serve.js';

let upstream: Upstream | undefined;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  await upstream?.close();
  serving = undefined;
  upstream = undefined;
});
async function serve(options: UpstreamOptions, ...flags: string[]): Promise<Serving> {
  upstream = await startUpstream(options);
  serving = await startServe(['--source', upstream.url, '--retries', '0', '--rate-limit', 'off', ...flags]);
  return serving;
}
const metric = async ({ get }: Serving, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await get('/metrics')).text())?.[1]);
const usageOf = (messages: unknown): string => JSON.stringify({ messages });

describe('fault E2 (a document that was not read whole is neither kept nor revalidated)', () => {
  const headers = { etag: '"v1"' };
  const whole = usageOf(MESSAGES);
  test.each<[string, Reply]>([
    ['ends early but cleanly', { headers, body: whole.slice(0, -40), chunked: true }],
    ['is no JSON', { headers, body: '<html>' }],
    ['holds an id twice', { headers, body: usageOf([...MESSAGES, MESSAGES[0]]) }],
    ['is cut', { headers, cutAfterBytes: 200 }],
    ['holds a message that is wrong', { headers, body: usageOf([{ id: 1, timestamp: 'never', text: '' }]) }],
  ])('one that %s: 502, /ready says so, and the next answer is right', async (_, reply) => {
    const unchanged: Reply = { status: 304, headers };
    const { get } = await serve(
      { ...USUAL, script: { [MESSAGES_PATH]: [reply, reply, { headers }, unchanged] } },
      '--messages-ttl',
      '1ms',
    );
    expect((await get('/usage')).status).toBe(502);
    const ready = await get('/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'unready', upstream: { status: 'down' } });
    for (let turn = 0; turn < 2; turn++) expect(await (await get('/usage')).text()).toBe(BILL);
    const asked = upstream?.requests.filter(({ path }) => path === MESSAGES_PATH) ?? [];
    expect(asked.map((request) => request.headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      undefined,
      '"v1"',
    ]);
    expect((await get('/ready')).status).toBe(200);
  });

  test('a bad one after a good one: the good one is revalidated, never the bad one', async () => {
    const script: Reply[] = [{ headers }, { headers: { etag: '"v2"' }, body: whole.slice(0, -40) }, {}];
    const { get } = await serve({ ...USUAL, script: { [MESSAGES_PATH]: script } }, '--messages-ttl', '1ms');
    expect(await (await get('/usage')).text()).toBe(BILL);
    expect((await get('/usage')).status).toBe(502);
    expect(await (await get('/usage')).text()).toBe(BILL);
    const last = upstream?.requests.findLast(({ path }) => path === MESSAGES_PATH);
    expect(last?.headers['if-none-match']).not.toBe('"v2"');
  });
});

describe('fault E3 (an answer depends on what it needs, and on its own deadline)', () => {
  const two = [...MESSAGES.slice(0, 1), { id: 1, timestamp: '2024-04-29T00:00:00Z', text: '', report_id: 2 }];
  const other = { id: 2, name: 'Other', credit_cost: 3 };

  test('a report that fails is no failure of an answer without it, also at the same time', async () => {
    const { get } = await serve({
      messages: { messages: two },
      reports: REPORTS,
      script: {
        '/reports/2': { status: 500, delayMs: 50 },
        '/reports/5392': { delayMs: 200 },
      },
    });
    const [all, one, page, failing] = await Promise.all([
      get('/usage'),
      get('/usage/1000'),
      get('/usage?limit=1'),
      get('/usage/1'),
    ]);
    expect([all.status, one.status, page.status, failing.status]).toEqual([502, 200, 200, 502]);
    expect(await one.text()).toContain('"credits_used":79');
    expect((await get('/summary')).status).toBe(502);
    expect((await get('/usage?kind=report')).status).toBe(502);
    expect((await get('/usage?sort=credits_used&limit=1')).status).toBe(502);
    expect((await get('/usage?until=2024-04-29T01:00:00Z')).status).toBe(502);
    expect((await get('/usage?since=2024-04-29T01:00:00Z')).status).toBe(200);
    const ofTexts = await get('/usage?kind=text');
    expect([ofTexts.status, await ofTexts.text()]).toEqual([200, '{"usage":[]}\n']);
  });

  test('a client that leaves, and one whose deadline passes, take nobody with them', async () => {
    const { get, url, logged } = await serve(
      {
        messages: { messages: two },
        reports: { ...REPORTS, 2: other },
        script: { [MESSAGES_PATH]: { delayMs: 700 }, '/reports/5392': { delayMs: 1000 } },
      },
      '--deadline',
      '1500ms',
    );
    const leaving = new AbortController();
    const left = fetch(`${url}/usage`, { signal: leaving.signal }).catch(() => 'left');
    const late = get('/usage');
    await expect.poll(() => upstream?.hits(MESSAGES_PATH)).toBe(1);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(() => upstream?.hits('/reports/5392'), { timeout: 5000 }).toBe(1);
    // It came later, so it has longer, though it waits for the same report.
    const inTime = get('/usage/1000');
    const passed = await late;
    expect(passed.status).toBe(504);
    expect(await passed.json()).toMatchObject({ code: 'upstream_timeout' });
    expect((await inTime).status).toBe(200);
    expect(upstream?.hits('/reports/5392')).toBe(1);
    expect(await logged('the client left')).toMatchObject({ status: 499, route: '/usage' });
  });
});

test('fault E4 (never older than --messages-ttl when the request came): a request joins no document or bill begun too long before it', async () => {
  const messages: object[] = [{ id: 1, timestamp: '2024-04-29T00:00:00Z', text: 'a', report_id: 5392 }];
  const document = { messages };
  const { get } = await serve(
    {
      messages: document,
      reports: REPORTS,
      // The document arrives at once, the report late: the bill is in the making for longer than the document is fresh.
      script: { '/reports/5392': { delayMs: 900 } },
    },
    '--messages-ttl',
    '300ms',
  );
  const first = get('/usage');
  await expect.poll(() => upstream?.hits('/reports/5392')).toBe(1);
  const arrived = upstream?.requests.find(({ path }) => path === MESSAGES_PATH)?.time ?? 0;
  messages.push({ id: 2, timestamp: '2024-04-29T00:00:01Z', text: 'b' });
  await expect.poll(() => performance.now() - arrived).toBeGreaterThan(300);
  const second = get('/usage');
  expect(await (await second).text()).toContain('"message_id":2');
  expect(await (await first).text()).not.toContain('"message_id":2');
});

test('fault E4 (never older than --messages-ttl): a slow document is not joined once it is too old', async () => {
  const { get } = await serve(
    { ...USUAL, script: { [MESSAGES_PATH]: [{ delayMs: 1000 }, {}] } },
    '--messages-ttl',
    '200ms',
  );
  const first = get('/usage');
  await expect.poll(() => upstream?.hits(MESSAGES_PATH)).toBe(1);
  const joining = get('/usage?format=csv');
  const arrived = upstream?.requests[0]?.time ?? 0;
  await expect.poll(() => performance.now() - arrived).toBeGreaterThan(200);
  expect(await (await get('/usage')).text()).toBe(BILL);
  expect(upstream?.hits(MESSAGES_PATH)).toBe(2);
  expect(await (await first).text()).toBe(BILL);
  expect((await joining).status).toBe(200);
});

describe('fault E6 (a page costs what it shows, and a document is priced once)', () => {
  const COUNT = 200_000;

  test('pages, orders, filters, sums and explanations of 200,000 messages price each once', async () => {
    const named = manyMessages(COUNT, (index) => ({
      timestamp: new Date(Date.UTC(2024, 3, 1) + index * 10_000).toISOString(),
      ...(index % 2 === 0 && { report_id: index % 50 }),
    }));
    const reports = Object.fromEntries(
      Array.from({ length: 20 }, (_, id) => [id, { id, name: `R${id}`, credit_cost: id + 0.5 }]),
    );
    const here = await serve({ messages: { messages: named }, reports }, '--messages-ttl', '1h');
    const { get } = here;
    expect((await get('/usage?limit=1')).status).toBe(200);
    const priced = await metric(here, 'o_copilot_priced_messages_total');
    expect(priced).toBe(COUNT);

    let next = '/usage?limit=100';
    for (let page = 0; page < 40; page++) {
      const answer = await get(next);
      const { usage } = JSON.parse(await answer.text());
      expect(usage.map(({ message_id }: { message_id: number }) => message_id)).toEqual(
        Array.from({ length: 100 }, (_, index) => page * 100 + index + 1),
      );
      next = nextPage(answer) ?? '';
    }
    const times = () => here.log.flatMap(({ route, ms }) => (route === '/usage' ? [Number(ms)] : []));
    await expect.poll(() => times().length).toBe(41);
    // On the server, by its own log. On a loaded machine most pages are late, but not all.
    expect(times().toSorted((a, b) => a - b)[4]).toBeLessThan(10);

    const summary = JSON.parse(await (await get('/summary?by=kind')).text());
    expect(summary.summary.total.messages).toBe(COUNT);
    const first = JSON.parse(await (await get('/usage?sort=timestamp&desc&limit=1')).text());
    expect(first.usage[0].message_id).toBe(COUNT);
    expect((await get('/usage?kind=missing-report&limit=3')).status).toBe(200);
    expect((await get('/usage?sort=text&limit=3')).status).toBe(200);
    expect(await (await get(`/usage/${COUNT}`)).text()).toContain(`message ${COUNT - 1}`);
    expect(await metric(here, 'o_copilot_priced_messages_total')).toBe(priced);
    expect(upstream?.hits(MESSAGES_PATH)).toBe(1);
  });

  test('a document that upstream calls unchanged is not priced again', async () => {
    const headers = { etag: '"v1"' };
    const here = await serve(
      { ...USUAL, script: { [MESSAGES_PATH]: [{ headers }, { status: 304, headers }] } },
      '--messages-ttl',
      '1ms',
    );
    for (let turn = 0; turn < 5; turn++) expect(await (await here.get('/usage')).text()).toBe(BILL);
    expect(upstream?.hits(MESSAGES_PATH)).toBe(5);
    expect(await metric(here, 'o_copilot_priced_messages_total')).toBe(MESSAGES.length);
  });
});

describe('fault E16 (a walk over pages is whole or says that it is not)', () => {
  const moves: readonly (readonly [string, (messages: object[]) => void])[] = [
    ['turned round', (messages) => messages.reverse()],
    ['one moved from the end to the start', (messages) => messages.unshift(...messages.splice(-1))],
    ['one moved from the start to the end', (messages) => messages.push(...messages.splice(0, 1))],
    ['two that come exchanged', (messages) => messages.push(...messages.splice(-2).reverse())],
    ['one of those shown is gone', (messages) => messages.splice(1, 1)],
    ['one of those to come is gone', (messages) => messages.splice(-2, 1)],
    ['one more in the middle', (messages) => messages.splice(5, 0, ...messagesApart(1, 500))],
    ['another text of one to come', (messages) => messages.splice(8, 1, changed(9))],
    ['another text of one shown', (messages) => messages.splice(1, 1, changed(2))],
  ];
  const changed = (id: number) => ({ id, timestamp: '2024-04-01T00:00:09.000Z', text: 'quite another text' });

  test.each(moves)('%s: 410 that says so', async (_, move) => {
    const messages = messagesApart(12);
    const { get } = await serve({ messages: { messages } }, '--messages-ttl', '1ms');
    const follow = async (path: string) => {
      const answer = await get(path);
      return { answer, next: nextPage(answer) ?? '' };
    };
    const first = await follow('/usage?limit=2');
    const second = await follow(first.next);
    expect(second.answer.status).toBe(200);
    move(messages);
    const { answer } = await follow(second.next);
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({
      code: 'cursor_gone',
      detail: expect.stringContaining('changed or moved'),
    });
  });

  test('a walk in an order of its own ends when the order changes', async () => {
    const messages = messagesApart(8);
    const { get } = await serve({ messages: { messages } }, '--messages-ttl', '1ms');
    const first = await get('/usage?limit=3&sort=timestamp&desc');
    const next = nextPage(first) ?? '';
    messages.push(...messagesApart(1, 20));
    // A later message comes before those shown: nothing is skipped or repeated.
    expect((await get(next)).status).toBe(200);
    messages.push(...messagesApart(1, 0));
    messages.splice(2, 1, { id: 3, timestamp: '2024-05-01T00:00:00Z', text: 'message 3' });
    expect((await get(next)).status).toBe(410);
  });
});
