import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { formatAmount, textPricer } from '../../src/engine/index.js';
import { MESSAGES_PATH } from '../process/period.js';
import { nextPage, startServe } from './start-serve.js';

/** Seconds of the run in the suite; TEST_RANDOM_SECONDS=60 is the long one. */
const SECONDS = Number(process.env.TEST_RANDOM_SECONDS ?? 8);
const OUTCOMES = ['200', '502', 'left', 'whole walk', 'walk ended by 410'];
/** Milliseconds that the run may last longer. */
const MOST_EXTRA = 60_000;
const SEED = Number(process.env.TEST_RANDOM_SEED ?? Date.now() % 2 ** 31);
const MESSAGES_TTL = 120;
const CACHE_TTL = 300;
/** A request may join an answer whose reports were read just before it came, while the answer was in the making. */
const MAKING = 1500;

const priceOf = textPricer('published', undefined);

/** What upstream holds: a content, in one of several orders. */
interface Version {
  readonly content: number;
  readonly order: number;
}
interface Row {
  readonly message_id: number;
  readonly timestamp: string;
  readonly report_name?: string;
  readonly credits_used: number;
}

const idsOf = ({ content, order }: Version): number[] => {
  const count = 5 + (content % 30);
  return Array.from({ length: count }, (_, index) => ((index + order) % count) + 1);
};
const textOf = (content: number, id: number): string =>
  `message ${id} says ${'aeiou '.repeat(content % 7)}${content}`;
const timestampOf = (content: number, id: number): string =>
  new Date(Date.UTC(2024, 3, 1) + content * 1000 + id).toISOString();
/** Each third message names a report: 1 is always there, 2 sometimes missing, 3 sometimes failing. */
const reportOf = (id: number): number | undefined => (id % 3 === 0 ? ((id / 3) % 3) + 1 : undefined);
const documentOf = (version: Version): string =>
  JSON.stringify({
    messages: idsOf(version).map((id) => ({
      id,
      timestamp: timestampOf(version.content, id),
      text: textOf(version.content, id),
      report_id: reportOf(id) ?? null,
    })),
  });

/** Values and since when each was true, for as long as the test runs. */
class History<Value> {
  private readonly entries: { readonly from: number; readonly value: Value }[];
  constructor(first: Value) {
    this.entries = [{ from: Number.NEGATIVE_INFINITY, value: first }];
  }
  get current(): Value {
    const last = this.entries.at(-1);
    if (last === undefined) throw new Error('a history begins with a value');
    return last.value;
  }
  set(value: Value): void {
    this.entries.push({ from: performance.now(), value });
  }
  /** What was true at some time in [from, to]. */
  within(from: number, to: number): Value[] {
    return this.entries
      .filter((entry, index) => entry.from <= to && (this.entries[index + 1]?.from ?? Infinity) >= from)
      .map(({ value }) => value);
  }
}

/** A stream of numbers in [0, 1) that a seed repeats (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(
  `faults E2 E3 E4 E16 (an answer is what was true when it was asked for): a random upstream and random clients for ${SECONDS} s, seed ${SEED}`,
  async () => {
    const random = randomNumbers(SEED);
    const chance = (share: number) => random() < share;
    const versions = new History<Version>({ content: 1, order: 0 });
    const costs = new History(1);
    const missing = new History(false);
    const faults: number[] = [];
    let calm = false;

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const path = request.url ?? '';
      const isMessages = path === MESSAGES_PATH;
      const report = Number(path.replace('/reports/', ''));
      // What is true when the request arrives is what the answer says, however late it is.
      const version = versions.current;
      const cost = costs.current;
      const isMissing = report === 2 && missing.current;
      const etag = `"${version.content}-${version.order}"`;
      const body = isMessages
        ? documentOf(version)
        : JSON.stringify({ id: report, name: `R${report}`, credit_cost: cost });
      const isFaulty = !calm && chance(isMessages ? 0.2 : report === 3 ? 0.3 : 0.03);
      const kind = random();
      if (!calm && chance(0.5)) await sleep(random() * (chance(0.2) ? 250 : 30));
      if (isFaulty) faults.push(performance.now());
      if (isFaulty && kind < 0.4) response.writeHead(500).end();
      else if (isFaulty && kind < 0.7) {
        // Ends early but cleanly, under the name of the whole.
        response.writeHead(200, { 'content-type': 'application/json', etag }).end(body.slice(0, -9));
      } else if (isFaulty) {
        response.writeHead(200, {
          'content-type': 'application/json',
          etag,
          'content-length': body.length + 9,
        });
        response.write(body.slice(0, 20));
        setTimeout(() => response.destroy(), 5);
      } else if (isMissing) response.writeHead(404).end();
      else if (isMessages && request.headers['if-none-match'] === etag)
        response.writeHead(304, { etag }).end();
      else
        response
          .writeHead(200, { 'content-type': 'application/json', ...(isMessages && { etag }) })
          .end(body);
    }

    const upstream = createServer((request, response) => void answer(request, response));
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const address = upstream.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const flags = ['--messages-ttl', `${MESSAGES_TTL}ms`, '--cache-ttl', `${CACHE_TTL}ms`, '--retries', '0'];
    const serving = await startServe([
      '--source',
      `http://127.0.0.1:${port}`,
      '--rate-limit',
      'off',
      ...flags,
    ]);

    const ends = performance.now() + SECONDS * 1000;
    const counts: Record<string, number> = {};
    // A busy machine may need longer until each outcome has come up.
    const isOver = () => {
      const over = performance.now() - ends;
      return over >= MOST_EXTRA || (over >= 0 && OUTCOMES.every((outcome) => outcome in counts));
    };
    const count = (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    };

    /** The rows as upstream must have had them: all of one version, in its order unless `sorted`. */
    function checkRows(
      rows: readonly Row[],
      asked: number,
      got: number,
      whole: (ids: number[]) => number[],
    ): void {
      const candidates = versions.within(asked - MESSAGES_TTL, got);
      const right = candidates.filter(
        (version) =>
          JSON.stringify(whole(idsOf(version))) === JSON.stringify(rows.map((row) => row.message_id)) &&
          rows.every((row) => row.timestamp === timestampOf(version.content, row.message_id)),
      );
      const [version] = right;
      if (version === undefined) {
        throw new Error(
          `rows of no version that was true: ${JSON.stringify({ rows, candidates, asked, got })}`,
        );
      }
      const reportCosts = new Map<number, number | undefined>();
      for (const row of rows) {
        const report = reportOf(row.message_id);
        const byText = Number(formatAmount(priceOf(textOf(version.content, row.message_id))));
        if (row.report_name === undefined) expect(row.credits_used).toBe(byText);
        if (report === undefined) {
          expect(row.report_name).toBeUndefined();
          continue;
        }
        const from = asked - CACHE_TTL - MAKING;
        if (row.report_name === undefined)
          expect([report, missing.within(from, got)]).toEqual([2, expect.arrayContaining([true])]);
        else expect(costs.within(from, got)).toContain(row.credits_used);
        // One report has one cost in one answer.
        const cost = row.report_name === undefined ? undefined : row.credits_used;
        if (reportCosts.has(report)) expect(cost).toBe(reportCosts.get(report));
        reportCosts.set(report, cost);
      }
    }

    function checkFailure(status: number, asked: number, got: number): void {
      expect([502, 503, 504]).toContain(status);
      // Nothing fails without a reason.
      if (status === 502) expect(faults.some((at) => at >= asked - 1000 && at <= got)).toBe(true);
    }

    async function ask(
      path: string,
    ): Promise<{ status: number; body: string; link: string; asked: number; got: number }> {
      const asked = performance.now();
      const reply = await serving.get(path);
      const body = await reply.text();
      const link = nextPage(reply) ?? '';
      count(`${reply.status}`);
      return { status: reply.status, body, link, asked, got: performance.now() };
    }
    const rowsOf = (body: string): Row[] => JSON.parse(body).usage;

    async function askOnce(): Promise<void> {
      const limit = 1 + Math.floor(random() * 8);
      const offset = Math.floor(random() * 10);
      const page = chance(0.5);
      const variant = Math.floor(random() * 1000);
      // A limit beyond the end makes the query another one without other rows.
      const query = page ? `limit=${limit}&offset=${offset}` : chance(0.5) ? `limit=${1000 + variant}` : '';
      const { status, body, asked, got } = await ask(`/usage?${query}`);
      if (status !== 200) return checkFailure(status, asked, got);
      checkRows(rowsOf(body), asked, got, (ids) => (page ? ids.slice(offset, offset + limit) : ids));
    }

    async function askSorted(): Promise<void> {
      const { status, body, asked, got } = await ask('/usage?sort=message_id&desc');
      if (status !== 200) return checkFailure(status, asked, got);
      checkRows(rowsOf(body), asked, got, (ids) => ids.toSorted((a, b) => b - a));
    }

    async function askSum(): Promise<void> {
      const { status, body, asked, got } = await ask('/summary?by=kind');
      if (status !== 200) return checkFailure(status, asked, got);
      const candidates = versions.within(asked - MESSAGES_TTL, got).map((version) => idsOf(version).length);
      expect(candidates).toContain(JSON.parse(body).summary.total.messages);
    }

    async function walk(): Promise<void> {
      const limit = 2 + Math.floor(random() * 4);
      const rows: Row[] = [];
      const began = performance.now();
      for (let next = `/usage?limit=${limit}`; next !== ''; ) {
        const { status, body, link, asked, got } = await ask(next);
        if (status === 410) return count('walk ended by 410');
        if (status !== 200) return checkFailure(status, asked, got);
        rows.push(...rowsOf(body));
        next = link;
      }
      count('whole walk');
      const whole = versions
        .within(began - MESSAGES_TTL, performance.now())
        .some(
          (version) =>
            JSON.stringify(idsOf(version)) === JSON.stringify(rows.map((row) => row.message_id)) &&
            rows.every((row) => row.timestamp === timestampOf(version.content, row.message_id)),
        );
      expect({ rows, whole }).toMatchObject({ whole: true });
    }

    async function leave(): Promise<void> {
      const signal = AbortSignal.timeout(1 + Math.floor(random() * 40));
      await fetch(`${serving.url}/usage?offset=${Math.floor(random() * 50)}`, { signal }).then(
        (reply) => reply.text().catch(() => ''),
        () => count('left'),
      );
    }

    async function client(): Promise<void> {
      while (!isOver()) {
        const kind = random();
        if (kind < 0.5) await askOnce();
        else if (kind < 0.6) await askSorted();
        else if (kind < 0.7) await askSum();
        else if (kind < 0.85) await walk();
        else await leave();
      }
    }

    async function changeUpstream(): Promise<void> {
      while (!isOver()) {
        await sleep(20 + random() * 200);
        const { content, order } = versions.current;
        if (chance(0.6)) versions.set({ content: content + 1, order: Math.floor(random() * 5) });
        else versions.set({ content, order: order + 1 });
        if (chance(0.3)) costs.set(costs.current + 1);
        if (chance(0.2)) missing.set(!missing.current);
      }
    }

    try {
      await Promise.all([changeUpstream(), ...Array.from({ length: 12 }, client)]);
      calm = true;
      await sleep(CACHE_TTL + MESSAGES_TTL);
      const { status, body, asked, got } = await ask('/usage');
      expect(status).toBe(200);
      checkRows(rowsOf(body), asked, got, (ids) => ids);
      expect((await serving.get('/ready')).status).toBe(200);
      expect(serving.log.filter(({ msg }) => msg === 'a bug')).toEqual([]);
      // The run is of use only where each outcome came up.
      expect(OUTCOMES.filter((outcome) => !(outcome in counts))).toEqual([]);
    } finally {
      await serving.stop();
      upstream.closeAllConnections();
      upstream.close();
    }
  },
  SECONDS * 1000 + MOST_EXTRA + 60_000,
);
