import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Redis } from './redis.js';

/** Milliseconds that another service's clock may be ahead of ours. */
const MOST_CLOCK_SKEW = 5000;
/** Bytes; what is longer was not written here, and is not read. */
const LONGEST_ENTRY = 12 * 1024 * 1024;

/** What upstream said of a report: its bytes, or that it does not exist. */
export interface ReportEntry {
  readonly bytes: Uint8Array | undefined;
  /** Milliseconds since 1970 when the request was sent. */
  readonly sentAt: number;
}

/**
 * Shares reports with other services by Redis. Each entry is sealed, so that only what a service with the same secret wrote is
 * believed.
 *
 * @param scope everything that a report depends on beside its id: services share entries only where all of it is equal
 * @param secret of the services that share; without it the key comes from the scope, which holds the credential
 */
export function sharedReports(redis: Redis, scope: readonly string[], secret: string | undefined) {
  const namespace = digestOf('reports', scope);
  const secretKey = createHmac('sha256', secret ?? JSON.stringify(scope))
    .update('o-copilot cache entries')
    .digest();
  const keyOf = (id: string) => `o-copilot:report:${namespace}:${id}`;
  const macOf = (id: string, content: string) =>
    createHmac('sha256', secretKey)
      .update(`${keyOf(id)}\n${content}`)
      .digest();

  return {
    /** @param ttl milliseconds */
    async set(id: string, { bytes, sentAt }: ReportEntry, ttl: number): Promise<void> {
      if (ttl <= 0) return;
      const content = `${sentAt}.${bytes === undefined ? 'missing' : Buffer.from(bytes).toString('base64url')}`;
      await redis.set(keyOf(id), `1.${macOf(id, content).toString('base64url')}.${content}`, ttl);
    },
    /** Undefined also for what is damaged, is another report's, or was not written with this secret. */
    async get(id: string): Promise<ReportEntry | undefined> {
      const text = (await redis.get(keyOf(id), LONGEST_ENTRY)) ?? '';
      if (text.length >= LONGEST_ENTRY) return undefined;
      const [, mac = '', content = '', sent = '', value = ''] =
        /^1\.([\w-]{43})\.((\d{1,16})\.([\w-]*))$/.exec(text) ?? [];
      const given = Buffer.from(mac, 'base64url');
      const right = macOf(id, content);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const sentAt = Number(sent);
      if (sentAt > Date.now() + MOST_CLOCK_SKEW) return undefined;
      return { bytes: value === 'missing' ? undefined : Buffer.from(value, 'base64url'), sentAt };
    },
  };
}

/** A short name for everything in `scope`, which does not reveal it. */
export function digestOf(purpose: string, scope: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([purpose, ...scope]))
    .digest('hex')
    .slice(0, 32);
}
