import { LRUCache } from 'lru-cache';
import type { Redis } from '../redis.js';

/** Clients counted while Redis is down. */
const MOST_CLIENTS = 10_000;

type Done = (error: Error | null, result?: readonly [count: number, ttl: number]) => void;

/**
 * Lets @fastify/rate-limit, which speaks to ioredis, run its script over our connection. While Redis is down this
 * process counts alone: a limit each instead of one for all, rather than none.
 */
export function rateLimitCommands({ runScript }: Redis) {
  const counts = new LRUCache<string, { count: number; endsAt: number }>({ max: MOST_CLIENTS });

  function countHere(key: string, window: number): readonly [number, number] {
    const now = Date.now();
    const known = counts.get(key);
    const current = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + window };
    current.count++;
    counts.set(key, current);
    return [current.count, current.endsAt - now];
  }

  const commands: Record<string, unknown> = {
    defineCommand(name: string, { lua }: { lua: string }) {
      commands[name] = async (key: string, window: number, ...rest: unknown[]) => {
        const done = rest.pop();
        if (!isDone(done)) return;
        const reply = await runScript(lua, key, [window, ...rest].map(String)).catch(() => undefined);
        done(null, readReply(reply) ?? countHere(key, window));
      };
    },
  };
  return commands;
}

function isDone(value: unknown): value is Done {
  return typeof value === 'function';
}

function readReply(reply: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [count, ttl]: unknown[] = reply;
  return typeof count === 'number' && typeof ttl === 'number' ? [count, ttl] : undefined;
}
