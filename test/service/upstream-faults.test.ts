import { afterEach, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { type Reply, startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { type Serving, startServe } from './start-serve.js';

let upstream: Upstream | undefined;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  await upstream?.close();
});
async function serve(options: UpstreamOptions, ...flags: string[]): Promise<Serving> {
  upstream = await startUpstream(options);
  serving = await startServe(['--source', upstream.url, '--retries', '0', ...flags]);
  return serving;
}

const FAULTS: readonly (readonly [string, string, Reply, number, string])[] = [
  ['a failing messages document', '/messages/current-period', { status: 500 }, 502, 'upstream'],
  ['a cut messages document', '/messages/current-period', { cutAfterBytes: 300 }, 502, 'upstream'],
  ['a document that is not JSON', '/messages/current-period', { body: '<html>' }, 502, 'bad_data'],
  ['a refused token', '/messages/current-period', { status: 401 }, 502, 'unauthorized'],
  ['silence', '/messages/current-period', { never: true }, 504, 'upstream_timeout'],
  ['a failing report', '/reports/5392', { status: 503 }, 502, 'upstream'],
  ['a report without a cost', '/reports/5392', { body: { id: 5392, name: 'x' } }, 502, 'bad_data'],
  ['a report that is gone', '/reports/5392', { status: 410 }, 502, 'upstream'],
];

describe('an upstream failure is a problem, never a part of a bill, and is not kept', () => {
  test.each(FAULTS)('%s', async (_, path, reply, status, code) => {
    const { get } = await serve(
      { ...USUAL, script: { [path]: [reply, reply, reply, {}] } },
      '--read-timeout',
      '300ms',
      '--messages-ttl',
      '1ms',
    );
    for (const address of ['/usage', '/summary?format=csv', '/']) {
      const answer = await get(address);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(await answer.json()).toMatchObject({ status, code });
    }
    const answer = await get('/usage');
    expect([answer.status, await answer.text()]).toEqual([200, BILL]);
  });
});

test('a large bill whose last message is wrong is a 502 from its first byte on', async () => {
  const messages = [...messagesApart(60_000), { id: 0, timestamp: 'never', text: '' }];
  const { get } = await serve({ messages: { messages } });
  const answer = await get('/usage?format=ndjson');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ code: 'bad_data', field: 'timestamp' });
});

test('other requests are answered while a large bill is made', async () => {
  const { get } = await serve({ messages: { messages: messagesApart(150_000) } });
  let done = false;
  const bill = get('/usage?format=csv').then(async (answer) => {
    const text = await answer.text();
    done = true;
    return text;
  });
  let answered = 0;
  while (!done) {
    expect((await get('/health')).status).toBe(200);
    answered++;
  }
  expect(answered).toBeGreaterThan(20);
  expect((await bill).split('\r\n')).toHaveLength(150_002);
});

test('/ready says whether upstream answers', async () => {
  const down = { status: 500 };
  const { get } = await serve({ ...USUAL, script: { '/messages/current-period': [down, down, {}] } });
  const unready = await get('/ready');
  expect(unready.status).toBe(503);
  expect(await unready.json()).toMatchObject({ status: 'unready', upstream: { status: 'down' } });
  expect((await get('/health')).status).toBe(200);
  expect((await get('/usage')).status).toBe(502);
  const ready = await get('/ready');
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ status: 'ready', upstream: { status: 'up' }, redis: 'unused' });
});
