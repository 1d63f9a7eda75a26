import rateLimitPlugin from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { RateLimit } from '../../config/service-settings.js';
import type { Visitor } from '../auth/access.js';
import { digestOf } from '../period/sealed-entries.js';
import { Refusal } from '../problem.js';
import type { Redis } from '../redis.js';
import type { ServiceOptions } from '../service-options.js';

/** Clients remembered by this process. */
const MOST_CLIENTS = 10_000;

interface Attempt {
  /** Of the client, as `limitKey` gives it. */
  readonly ip: string;
  readonly visitor: Visitor;
  /** Who is admitted is not counted. */
  readonly uncounted: boolean;
}

/** Counts a request by its visitor; gives why it must not go on. */
export type CountRequest = (
  request: FastifyRequest,
  attempt: Attempt,
) => Refusal | undefined | Promise<Refusal | undefined>;

/**
 * One limit for every address. Requests without a valid credential count by the client's address; beyond the limit
 * a valid one is refused as well, or the limit would not hold off guesses. Those who came from that address before
 * are admitted all the same, so that a neighbour cannot lock them out.
 */
export async function createLimits(
  app: FastifyInstance,
  { rateLimit: limit, cacheScope }: Pick<ServiceOptions, 'rateLimit' | 'cacheScope'>,
  redis: Redis | undefined,
): Promise<CountRequest> {
  if (limit === undefined) return (_request, { visitor }) => refusalOf(visitor);
  const { requests, window } = limit;
  const countHere = createCounter(window);
  // Counting over Redis takes a turn; here it does not.
  const countShared = redis && (await createSharedCount(app, limit, { cacheScope, redis, countHere }));
  const closedUntil = new LRUCache<string, number>({ max: MOST_CLIENTS });
  const seen = new LRUCache<string, true>({ max: MOST_CLIENTS });

  function decide({ visitor }: FastifyRequest, ip: string, [count, wait]: Counted): Refusal | undefined {
    if (count <= requests) return undefined;
    if (visitor === `ip ${ip}`) closedUntil.set(ip, Date.now() + wait);
    return tooMany(requests, wait);
  }

  function count(request: FastifyRequest, ip: string): Refusal | undefined | Promise<Refusal | undefined> {
    if (countShared === undefined) return decide(request, ip, countHere(request.visitor));
    return countShared(request).then((counted) => decide(request, ip, counted));
  }

  return (request, { ip, visitor, uncounted }) => {
    const refusal = refusalOf(visitor);
    // Nobody can be told right from wrong while the keys cannot be fetched.
    if (refusal !== undefined && refusal.status >= 500) return refusal;
    if (refusal !== undefined) {
      const exceeded = count(request, ip);
      return exceeded instanceof Promise ? exceeded.then((known) => known ?? refusal) : (exceeded ?? refusal);
    }
    const client = `${ip} ${request.visitor}`;
    const closed = (closedUntil.get(ip) ?? 0) - Date.now();
    if (closed > 0 && !seen.has(client)) return tooMany(requests, closed);
    if (seen.get(client) === undefined) seen.set(client, true);
    return uncounted ? undefined : count(request, ip);
  };
}

function refusalOf(visitor: Visitor): Refusal | undefined {
  return 'refusal' in visitor ? visitor.refusal : undefined;
}

/** @param wait milliseconds */
function tooMany(requests: number, wait: number): Refusal {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new Refusal(
    429,
    'too_many_requests',
    `${requests} requests were made; again in ${seconds} seconds`,
    {},
    { 'retry-after': `${seconds}` },
  );
}

/** Requests of a client in the current window, and the milliseconds until that ends. */
type Counted = readonly [count: number, wait: number];
type Count = (client: string) => Counted;

/** Counts in this process. @param window milliseconds, which begins with a client's first request */
function createCounter(window: number): Count {
  const counts = new LRUCache<string, { count: number; endsAt: number }>({ max: MOST_CLIENTS });
  return (client) => {
    const now = Date.now();
    const known = counts.get(client);
    const current = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + window };
    current.count++;
    if (current !== known) counts.set(client, current);
    return [current.count, current.endsAt - now];
  };
}

/** Counts in Redis, by @fastify/rate-limit. */
async function createSharedCount(
  app: FastifyInstance,
  { requests, window }: RateLimit,
  { cacheScope, redis, countHere }: { cacheScope: readonly string[]; redis: Redis; countHere: Count },
): Promise<(request: FastifyRequest) => Promise<Counted>> {
  await app.register(rateLimitPlugin, {
    global: false,
    max: requests,
    timeWindow: window,
    keyGenerator: ({ visitor }) => visitor,
    // Counters of another service, or of another limit, are not these.
    nameSpace: `o-copilot:rate:${digestOf('rate', cacheScope)}:${requests}/${window}:`,
    redis: rateLimitCommands(redis, countHere),
  });
  const countOne = app.createRateLimit();
  return async (request) => {
    const result = await countOne(request);
    if (result.isAllowed || !result.isExceeded) return [0, 0];
    return [requests + 1, result.ttl];
  };
}

type Done = (error: Error | null, result?: Counted) => void;

/**
 * Lets @fastify/rate-limit, which speaks to ioredis, run its script over our connection. While Redis is down this
 * process counts alone: a limit each instead of one for all, rather than none.
 */
function rateLimitCommands({ runScript }: Redis, countHere: Count) {
  const commands: Record<string, unknown> = {
    defineCommand(name: string, { lua }: { lua: string }) {
      commands[name] = async (key: string, window: number, ...rest: unknown[]) => {
        const done = rest.pop();
        if (!isDone(done)) return;
        const reply = await runScript(lua, key, [window, ...rest].map(String)).catch(() => undefined);
        done(null, readReply(reply) ?? countHere(key));
      };
    },
  };
  return commands;
}

function isDone(value: unknown): value is Done {
  return typeof value === 'function';
}

function readReply(reply: unknown): Counted | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [count, ttl]: unknown[] = reply;
  return typeof count === 'number' && typeof ttl === 'number' ? [count, ttl] : undefined;
}
