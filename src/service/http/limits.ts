import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Visitor } from '../auth/access.js';
import { Refusal } from '../shared/problem.js';
import type { Redis } from '../shared/redis.js';
import { digestOf } from '../shared/sealed-entries.js';
import type { ServiceOptions } from '../shared/service-options.js';

/** Clients remembered by this process. */
const MOST_CLIENTS = 10_000;

/** Counts a request by its visitor; gives why it must not go on. */
export type CountRequest = (
  request: FastifyRequest,
  client: string,
  visitor: Visitor,
) => Refusal | undefined | Promise<Refusal | undefined>;

/**
 * One limit for every address. Requests without a valid credential count by the client's address; beyond the limit
 * a valid one is refused as well, or the limit would not hold off guesses. Those who came from that address before
 * are admitted all the same, so that a neighbour cannot lock them out.
 */
export function createLimits(
  { rateLimit: limit, cacheScope }: ServiceOptions,
  redis: Redis | undefined,
): CountRequest {
  if (limit === undefined)
    return (_request, _client, visitor) => (visitor instanceof Refusal ? visitor : undefined);
  const { requests, window } = limit;
  const countHere = createCounter(window);
  // Counters of another service, or of another limit, are not these.
  const prefix = `o-copilot:rate:${digestOf('rate', cacheScope)}:${requests}/${window}:`;
  const countOne = redis === undefined ? countHere : createSharedCounter(redis, prefix, window, countHere);
  const closedUntil = new LRUCache<string, number>({ max: MOST_CLIENTS });
  const admitted = new LRUCache<string, true>({ max: MOST_CLIENTS });

  function decide({ visitor, arrival }: FastifyRequest, client: string, window: Window): Refusal | undefined {
    if (window.count <= requests) return undefined;
    if (visitor === client) closedUntil.set(client, window.endsAt);
    return tooMany(requests, window.endsAt - arrival);
  }

  function count(
    request: FastifyRequest,
    client: string,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const window = countOne(request.visitor, request.arrival);
    return window instanceof Promise
      ? window.then((known) => decide(request, client, known))
      : decide(request, client, window);
  }

  /** Milliseconds. Only where visitors of one address have different credentials. */
  function lockedOutFor({ visitor, arrival }: FastifyRequest, client: string): number {
    const key = `${client} ${visitor}`;
    const wait = (closedUntil.get(client) ?? 0) - arrival;
    if (wait > 0 && !admitted.has(key)) return wait;
    if (admitted.get(key) === undefined) admitted.set(key, true);
    return 0;
  }

  return (request, client, visitor) => {
    if (visitor instanceof Refusal) {
      // No token can be checked while the keys cannot be fetched.
      if (visitor.status >= 500) return visitor;
      const exceeded = count(request, client);
      return exceeded instanceof Promise ? exceeded.then((known) => known ?? visitor) : (exceeded ?? visitor);
    }
    const wait = request.visitor === client ? 0 : lockedOutFor(request, client);
    if (wait > 0) return tooMany(requests, wait);
    return request.access.uncounted === true ? undefined : count(request, client);
  };
}

/** @param wait milliseconds */
function tooMany(requests: number, wait: number): Refusal {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  const detail = `${requests} requests were made; again in ${seconds} seconds`;
  return new Refusal(429, 'too_many_requests', detail, { 'retry-after': `${seconds}` });
}

/** Requests of a client in the current window. */
interface Window {
  readonly count: number;
  /** `performance.now()`. */
  readonly endsAt: number;
}
type Count = (client: string, now: number) => Window;

/** Counts in this process. @param length milliseconds of a window, which begins with a client's first request */
function createCounter(length: number): Count {
  const windows = new LRUCache<string, { count: number; endsAt: number }>({ max: MOST_CLIENTS });
  return (client, now) => {
    const known = windows.get(client);
    if (known !== undefined && known.endsAt > now) {
      known.count++;
      return known;
    }
    const begun = { count: 1, endsAt: now + length };
    windows.set(client, begun);
    return begun;
  };
}

const COUNT_SCRIPT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`;

/**
 * Counts in Redis. While it is down this process counts alone: a limit each instead of one for all services, rather than
 * none.
 */
function createSharedCounter({ runScript }: Redis, prefix: string, length: number, countHere: Count) {
  return async (client: string, now: number): Promise<Window> => {
    const reply = await runScript(COUNT_SCRIPT, prefix + client, [`${length}`]).catch(() => undefined);
    if (!Array.isArray(reply)) return countHere(client, now);
    const [count, left] = reply.map(Number);
    return count === undefined || left === undefined ? countHere(client, now) : { count, endsAt: now + left };
  };
}
