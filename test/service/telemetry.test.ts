import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { BILL, USUAL } from '../process/period.js';
import { runBin, startBin } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { messagesApart } from './messages-apart.js';
import { exchange, requestText } from './raw-http.js';
import { type Serving, type ServingProcess, startServe, startServeProcess } from './start-serve.js';

let upstream: Upstream | undefined;
let serving: Serving | undefined;
afterEach(async () => {
  await serving?.stop();
  await upstream?.close();
  serving = undefined;
});

async function serve(options: UpstreamOptions, env: Record<string, string> = {}): Promise<Serving> {
  upstream = await startUpstream(options);
  serving = await startServe(['--source', upstream.url, '--messages-ttl', '1h'], env);
  return serving;
}
/** A process, at whose end its traces leave. */
async function serveApart(
  options: UpstreamOptions,
  env: Record<string, string> = {},
): Promise<ServingProcess> {
  upstream = await startUpstream(options);
  const apart = await startServeProcess(['--source', upstream.url, '--messages-ttl', '1h'], env);
  serving = apart;
  return apart;
}

test('/metrics counts requests, upstream calls, retries, lookups and priced messages', async () => {
  const busy = { status: 503, headers: { 'retry-after': '0' } };
  const { get } = await serve({ ...USUAL, script: { '/reports/5392': [busy, {}] } });
  await get('/usage');
  await get('/usage');
  await get('/usage?limit=x');
  const answer = await get('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain');
  const metrics = await answer.text();
  const value = (name: string) =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics.replaceAll(/[{}]/g, ' '))?.[1]);
  expect(value('http_request_duration_seconds_count method="GET",route="/usage",status="200" ')).toBe(2);
  expect(value('http_request_duration_seconds_count method="GET",route="/usage",status="400" ')).toBe(1);
  const upstreamCalls = 'o_copilot_upstream_request_duration_seconds_count';
  expect(value(`${upstreamCalls} document="messages",outcome="200" `)).toBe(1);
  expect(value(`${upstreamCalls} document="report",outcome="503" `)).toBe(1);
  expect(value(`${upstreamCalls} document="report",outcome="404" `)).toBe(1);
  expect(value('o_copilot_upstream_retries_total')).toBe(1);
  expect(value('o_copilot_priced_messages_total')).toBe(4);
  expect(value('o_copilot_cache_lookups_total cache="bill",outcome="hit" ')).toBe(1);
  expect(value('o_copilot_cache_lookups_total cache="report",outcome="miss" ')).toBe(2);
  expect(metrics).not.toContain('o_copilot_redis_up');
});

test('messages are priced while a report has not answered: 40 MB of them, whatever is kept ahead', async () => {
  const text = 'x'.repeat(620);
  const many = messagesApart(60_000).map((message) => ({ ...message, text }));
  const messages = [{ ...many[0], report_id: 1 }, ...many.slice(1)];
  const { get, child } = await serveApart({
    messages: { messages },
    script: { '/reports/1': { never: true } },
  });
  const bill = get('/usage').catch(() => 'cut off');
  const priced = async () =>
    /^o_copilot_priced_messages_total (\S+)$/m.exec(await (await get('/metrics')).text())?.[1];
  await expect.poll(priced, { timeout: 60_000 }).toBe('60000');
  child.kill('SIGKILL');
  expect(await bill).toBe('cut off');
}, 90_000);

describe('the log', () => {
  test('has a line a request with its id, and nothing of what messages, queries and tokens say', async () => {
    const { get, log, stderr, stop } = await serve(USUAL, { O_COPILOT_TOKEN: 'upstream-secret' });
    const headers = { authorization: 'Bearer client-secret', 'x-request-id': 'from-the-proxy' };
    const answer = await get('/usage?report=Tenant%20Obligations%20Report', headers);
    expect(answer.headers.get('x-request-id')).toBe('from-the-proxy');
    expect((await get('/usage', { 'x-request-id': '<script>' })).headers.get('x-request-id')).toMatch(
      /^[0-9a-f]{12}-\d+$/,
    );
    await stop();
    const line = log.find(({ reqId }) => reqId === 'from-the-proxy');
    expect(line).toMatchObject({ method: 'GET', route: '/usage', status: 200, level: 30 });
    for (const secret of ['Tenant', 'palindrome', 'Panama', 'upstream-secret', 'client-secret']) {
      expect(stderr()).not.toContain(secret);
    }
  });

  test('LOG_LEVEL and LOG_FORMAT choose what is logged and how', async () => {
    const wrong = await runMain(['serve', '--source', 'sample'], { env: { LOG_LEVEL: 'loud' } });
    expect(wrong).toMatchObject({ status: 78 });
    const pretty = startBin(['serve', '--source', 'sample', '--port', '0'], {
      env: { LOG_FORMAT: 'pretty' },
    });
    let written = '';
    for await (const chunk of pretty.stderr ?? []) {
      written += chunk;
      if (written.includes('serving') && !pretty.killed) pretty.kill('SIGTERM');
    }
    expect(written).toMatch(/INFO: serving\n +url: "http:/);
    expect(written).toContain('INFO: stopped');
  });
});

interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

/** A small OTLP/HTTP receiver that keeps the spans it is sent. */
async function startCollector({ hangs = false } = {}) {
  const spans: ReceivedSpan[] = [];
  const resource: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    if (hangs) return;
    const body: unknown = await json(request);
    for (const { resource: sent } of Object(body).resourceSpans ?? []) {
      for (const { key, value } of sent.attributes) resource[key] = value.stringValue;
    }
    if (request.url === '/v1/traces') spans.push(...spansIn(body));
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    spans,
    resource,
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function spansIn(body: unknown): ReceivedSpan[] {
  const { resourceSpans = [] } = Object(body);
  return resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
}

/** Attributes of a span as a plain object. */
function attributesOf(span: ReceivedSpan | undefined): Record<string, unknown> {
  return Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, Object.values(Object(value))[0]]),
  );
}

describe('traces', () => {
  const CALLER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

  test("a request's calls to upstream lie under its span, and that under the caller's", async () => {
    const collector = await startCollector();
    try {
      const { get, stop } = await serveApart(USUAL, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      const answer = await get('/usage', { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` });
      expect(await answer.text()).toBe(BILL);
      await stop();
      const server = collector.spans.find(({ name }) => name === 'GET /usage');
      expect(server).toMatchObject({ kind: 2, traceId: CALLER.trace, parentSpanId: CALLER.span });
      const calls = collector.spans.filter(({ kind }) => kind === 3);
      expect(calls.map(({ name }) => name).sort()).toEqual([
        'GET /messages/{period}',
        'GET /reports/{id}',
        'GET /reports/{id}',
      ]);
      expect(upstream?.requests.map(({ headers }) => headers.traceparent).sort()).toEqual(
        calls.map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`).sort(),
      );
      for (const call of calls) {
        expect(call).toMatchObject({ traceId: CALLER.trace, parentSpanId: server?.spanId });
      }
    } finally {
      collector.close();
    }
  });

  test('fault F7 (traces follow the semantic conventions): a span says where, what and how it ended', async () => {
    const collector = await startCollector();
    try {
      const script = { '/messages/current-period': [{ status: 503 }, {}, { status: 500 }] };
      upstream = await startUpstream({ ...USUAL, script });
      serving = await startServeProcess(
        ['--source', upstream.url, '--messages-ttl', '1ms', '--retries', '1'],
        {
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.namespace=billing',
        },
      );
      const { get, log, stop, url } = serving;
      const caller = { traceparent: `00-${CALLER.trace}-${CALLER.span}-01`, tracestate: 'vendor=1' };
      expect((await get('/usage?report=secret', caller)).status).toBe(200);
      expect((await get('/summary')).status).toBe(502);
      await stop();

      const port = Number(new URL(url).port);
      const answered = collector.spans.find(({ name }) => name === 'GET /usage');
      expect(attributesOf(answered)).toMatchObject({
        'http.request.method': 'GET',
        'http.route': '/usage',
        'http.response.status_code': expect.anything(),
        'url.path': '/usage',
        'url.scheme': 'http',
        'url.query': 'report=REDACTED',
        'server.address': '127.0.0.1',
        'client.address': '127.0.0.1',
        'network.protocol.version': '1.1',
      });
      expect(Number(attributesOf(answered)['server.port'])).toBe(port);
      expect(answered?.status?.code ?? 0).toBe(0);

      const failed = collector.spans.find(({ name }) => name === 'GET /summary');
      expect(failed?.status?.code).toBe(2);
      expect(attributesOf(failed)).toMatchObject({ 'error.type': '502' });

      const calls = collector.spans.filter(({ name }) => name === 'GET /messages/{period}');
      expect(attributesOf(calls[0])).toMatchObject({
        'http.request.method': 'GET',
        'url.full': `${upstream?.url}/messages/current-period`,
        'server.address': '127.0.0.1',
        'error.type': '503',
      });
      expect(Number(attributesOf(calls[1])['http.request.resend_count'])).toBe(1);
      expect(upstream?.requests[0]?.headers.tracestate).toBe('vendor=1');

      expect(collector.resource).toMatchObject({
        'service.name': 'o-copilot',
        'service.namespace': 'billing',
        'deployment.environment.name': 'test',
      });
      const lines = log.filter(({ msg }) => msg === 'answered' || msg === 'cannot answer');
      expect(lines.map(({ trace_id }) => trace_id)).toEqual([CALLER.trace, failed?.traceId, failed?.traceId]);
    } finally {
      collector.close();
    }
  });

  test('fault F7 (no address is too odd for a span): each is logged and answered as without traces', async () => {
    const collector = await startCollector();
    try {
      const { url, log, stop } = await serveApart(USUAL, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      const odd: readonly (readonly [target: string, path: string, query?: string])[] = [
        ['//[x/usage', '//[x/usage'],
        ['/\\', '/\\'],
        ['//:99999/?a=1&b=2&a=3', '//:99999/', 'a=REDACTED&b=REDACTED'],
        ['http://localhost//x?a', '//x', 'a=REDACTED'],
      ];
      for (const [target] of odd) {
        const headers = ['Host: localhost', 'Connection: close'];
        const [answer] = await exchange(url, requestText({ target, headers }));
        expect([target, answer?.status]).toEqual([target, 404]);
      }
      await stop();
      expect(log.filter(({ level }) => Number(level) > 30)).toEqual([]);
      expect(log.filter(({ msg }) => msg === 'answered')).toHaveLength(odd.length);
      const spans = collector.spans.map(attributesOf);
      expect(spans.map((span) => [span['url.path'], span['url.query']])).toEqual(
        odd.map(([, path, query]) => [path, query]),
      );
    } finally {
      collector.close();
    }
  });

  test('a trace goes to the source alone, not where it redirects to', async () => {
    const elsewhere = await startUpstream(USUAL);
    const collector = await startCollector();
    try {
      const location = `${elsewhere.url}/messages/current-period`;
      const { get, stop } = await serveApart(
        { ...USUAL, script: { '/messages/current-period': { status: 302, headers: { location } } } },
        { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      );
      expect((await get('/usage')).status).toBe(200);
      await stop();
      expect(upstream?.requests[0]?.headers.traceparent).toBeDefined();
      expect(elsewhere.requests[0]?.headers.traceparent).toBeUndefined();
    } finally {
      collector.close();
      await elsewhere.close();
    }
  });

  test('fault F8 (a collector never delays the end): one that hangs holds serve half a second', async () => {
    const collector = await startCollector({ hangs: true });
    try {
      const { get, stop } = await serveApart(USUAL, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      await (await get('/usage')).text();
      const began = performance.now();
      expect(await stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(1500);
    } finally {
      collector.close();
    }
  });

  test.each([
    ['that is away', () => 'http://127.0.0.1:9'],
    ['that hangs', (hanging: string) => hanging],
  ])('fault C6 (a collector never delays the end): one %s costs a run half a second', async (_, urlOf) => {
    const collector = await startCollector({ hangs: true });
    try {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(collector.url) };
      const args = ['usage', '--json', '--source', 'sample'];
      const plain = await runMain(args);
      const quiet = await runBin(args, { env });
      expect(quiet).toMatchObject({ stdout: plain.stdout, stderr: '', status: 0 });
      // The exporter's own limit is ten seconds.
      expect(quiet.milliseconds).toBeLessThan(8000);
      const verbose = await runBin([...args, '--verbose'], { env });
      expect(verbose.stderr).toContain('o-copilot: the trace was not delivered: ');
    } finally {
      collector.close();
    }
  });

  test("the command line's runs are traced too, and a collector that is away changes nothing", async () => {
    upstream = await startUpstream(USUAL);
    const collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    expect(await runBin(['usage', '--json', '--source', upstream.url], { env })).toMatchObject({
      stdout: BILL,
      stderr: '',
      status: 0,
    });
    const run = collector.spans.find(({ name }) => name === 'read period');
    expect(collector.spans).toHaveLength(4);
    for (const span of collector.spans) expect(span.traceId).toBe(run?.traceId);
    collector.close();
    const away = await runBin(['usage', '--json', '--source', upstream.url], { env });
    expect(away).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
    expect(away.milliseconds).toBeLessThan(10_000);
  });
});
