import { mkdirSync, writeFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { messagesDocument } from '../scale/documents.js';
import { SERVER } from '../scale/scale-bench.js';
import { BIN, measureNode, type Spread, spreadOf } from '../side-by-side.js';
import { type Server, startServer, startService } from './processes.js';

const CONNECTIONS = 20;
const SECONDS = 1;
const ROUNDS = 11;
const COUNTED = ['--rate-limit', '100000000/1h'];

export interface LoadRow {
  readonly what: string;
  /** Requests a second over those of the bare route, round by round. */
  readonly ratios: Spread;
  /** The same for requests in a second of the server's processor time, which other work on the machine disturbs less. */
  readonly byProcessorTime: Spread;
  /** The 99th percentile of the answers' times over that of the bare route. */
  readonly slowest: Spread;
}

interface Speed {
  readonly perSecond: number;
  readonly perTick: number;
  /** Milliseconds. */
  readonly p99: number;
}

/** `/usage` of 110 messages within `--messages-ttl` against a bare route with the same bytes, in turn. */
export async function measureLoad(): Promise<LoadRow[]> {
  const servers: Server[] = [];
  const started = async (starting: Promise<Server>) => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  try {
    const source = await started(startSource(110, 10));
    const service = await started(startService(source.url, COUNTED));
    const quiet = await started(startService(source.url, ['--rate-limit', 'off'], 'warn'));
    mkdirSync('bench/data', { recursive: true });
    const body = Buffer.from(await (await fetch(`${service.url}/usage`)).arrayBuffer());
    writeFileSync('bench/data/usage-110.json', body);
    const bare = await started(startServer('bench/service/bare.ts', 'bench/data/usage-110.json'));
    const { headers } = await fetch(`${service.url}/usage`, { headers: { 'accept-encoding': 'identity' } });
    const condition = { 'if-none-match': headers.get('etag') ?? '' };
    const rounds: { floor: Speed; asIs: Speed; plain: Speed; unchanged: Speed }[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const floor = await measureSpeed(bare, body);
      const measured = {
        floor,
        asIs: await measureSpeed(service, body),
        plain: await measureSpeed(quiet, body),
        unchanged: await measureSpeed(service, undefined, condition),
      };
      if (round >= 0) rounds.push(measured);
    }
    const row = (what: string, which: 'asIs' | 'plain' | 'unchanged'): LoadRow => ({
      what,
      ratios: spreadOf(
        rounds.map((round) => round[which].perSecond / round.floor.perSecond),
        2,
      ),
      byProcessorTime: spreadOf(
        rounds.map((round) => round[which].perTick / round.floor.perTick),
        2,
      ),
      slowest: spreadOf(
        rounds.map((round) => round[which].p99 / Math.max(1, round.floor.p99)),
        2,
      ),
    });
    return [
      row('as it is, a log line a request and the rate limit counting', 'asIs'),
      row('LOG_LEVEL=warn --rate-limit off', 'plain'),
      row('304 to If-None-Match, as it is', 'unchanged'),
    ];
  } finally {
    for (const server of servers) server.stop();
  }
}

/** Memory in megabytes after each tenth of 500,000 requests for `/usage` of 110 messages. */
export async function measureMemory(): Promise<number[]> {
  const source = await startSource(110, 10);
  const service = await startService(source.url, COUNTED);
  try {
    const sizes: number[] = [];
    for (let tenth = 0; tenth < 10; tenth++) {
      await autocannon({ url: `${service.url}/usage`, connections: CONNECTIONS, amount: 50_000 });
      sizes.push(Math.round(service.memory('VmRSS')));
    }
    return sizes;
  } finally {
    source.stop();
    service.stop();
  }
}

/**
 * @param body of every answer; undefined where all are 304
 * @throws Error where an answer was another: a figure of failed requests is no figure
 */
async function measureSpeed(
  { url, ticks }: Server,
  body: Buffer | undefined,
  headers: Record<string, string> = {},
): Promise<Speed> {
  const before = ticks();
  const result = await autocannon({
    url: `${url}/usage`,
    connections: CONNECTIONS,
    duration: SECONDS,
    headers,
    ...(body !== undefined && { expectBody: body.toString() }),
  });
  const wrong = body === undefined ? result.requests.total - result.non2xx : result.non2xx;
  if (wrong + result.errors + result.mismatches > 0) throw new Error('some requests failed');
  const { total, average } = result.requests;
  return { perSecond: average, perTick: total / (ticks() - before), p99: result.latency.p99 };
}

/** A server of so many messages and reports. */
async function startSource(messages: number, reports: number): Promise<Server> {
  messagesDocument(messages, reports);
  const server = await startServer(SERVER);
  return { ...server, url: `${server.url}/0/${messages}-${reports}` };
}

const LARGE_REQUESTS = 5;

/**
 * `/usage` of a million messages, one request after the other; every one makes its bill anew.
 *
 * @returns wall times over that of `usage --json`, and peak memory of the service in megabytes after each request
 */
export async function measureLarge(): Promise<object> {
  const source = await startSource(1_000_000, 1000);
  const service = await startService(source.url, []);
  try {
    const ratios: number[] = [];
    const peaks: number[] = [];
    let bytes = 0;
    for (let request = 0; request < LARGE_REQUESTS; request++) {
      const command = await measureNode([BIN, 'usage', '--json', '--source', source.url]);
      const began = performance.now();
      bytes = await readAll(`${service.url}/usage`);
      ratios.push(Number(((performance.now() - began) / command.milliseconds).toFixed(2)));
      peaks.push(Math.round(service.memory('VmHWM')));
    }
    return { what: '/usage of 1,000,000 messages / usage --json', bytes, ratios, peaks };
  } finally {
    source.stop();
    service.stop();
  }
}

async function readAll(url: string): Promise<number> {
  const response = await fetch(url);
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  return bytes;
}
