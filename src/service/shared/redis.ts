import { createClient } from '@redis/client';

/** Milliseconds of silence after which Redis counts as down; it is pinged more often. */
const LONGEST_SILENCE = 1000;
const PING_INTERVAL = 300;
const LONGEST_RECONNECT_PAUSE = 2000;
/** Milliseconds between two log lines about commands that fail for one reason. */
const BETWEEN_WARNINGS = 60_000;

export interface RedisOptions {
  readonly url: string;
  /** Called once each time Redis comes or goes. */
  onState(state: 'up' | 'down', reason?: string): void;
  /** Called with why it still does not work, once a minute for each reason, and how often that came since. */
  onFailure(reason: string, since: number): void;
}

/** A cache shared by services. While it fails it is empty: its calls never throw. */
export interface Redis {
  /** @param longest bytes; of a longer value only those are read */
  get(key: string, longest: number): Promise<string | undefined>;
  /** @param ttl milliseconds */
  set(key: string, text: string, ttl: number): Promise<void>;
  /** `down` also while it refuses commands. */
  readonly state: () => 'up' | 'down';
  /** Runs a Lua script over one key. Rejects at once while Redis is down. */
  runScript(script: string, key: string, values: readonly string[]): Promise<unknown>;
  close(): void;
}

/**
 * A connection that is made again for as long as the service runs. While it is down every command fails at once,
 * so that requests go on without it.
 */
export function connectRedis({ url, onState, onFailure }: RedisOptions): Redis {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_INTERVAL,
    socket: {
      connectTimeout: 2000,
      socketTimeout: LONGEST_SILENCE,
      reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, LONGEST_RECONNECT_PAUSE),
    },
  });
  let connection: 'up' | 'down' | undefined;
  let refused = false;
  let changedAt = 0;
  const failures = countFailures(onFailure);
  const enter = (next: 'up' | 'down', reason?: string) => {
    if (connection === next) {
      if (reason !== undefined && performance.now() - changedAt > BETWEEN_WARNINGS) failures(reason);
      return;
    }
    connection = next;
    changedAt = performance.now();
    onState(next, reason);
  };
  client.on('ready', () => enter('up'));
  client.on('error', (error: unknown) => enter('down', reasonOf(error)));
  client.on('end', () => enter('down'));
  // It goes on trying by itself; this only ends when the service does.
  client.connect().catch(() => {});

  async function command<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      const result = await run();
      refused = false;
      return result;
    } catch (error) {
      if (connection === 'up') {
        refused = true;
        failures(reasonOf(error));
      }
      throw error;
    }
  }

  return {
    get: (key, longest) =>
      command(() => client.getRange(key, 0, longest - 1)).then(
        (text) => text || undefined,
        () => undefined,
      ),
    async set(key, text, ttl) {
      await command(() => client.set(key, text, { PX: Math.ceil(ttl) })).catch(() => undefined);
    },
    state: () => (connection === 'up' && !refused ? 'up' : 'down'),
    runScript: (script, key, values) =>
      command(() => client.eval(script, { keys: [key], arguments: [...values] })),
    close: () => client.destroy(),
  };
}

/** Reports each reason at once, and then how often it came, as long as it comes. */
function countFailures(report: (reason: string, since: number) => void): (reason: string) => void {
  const reported = new Map<string, { at: number; since: number }>();
  return (reason) => {
    const last = reported.get(reason);
    if (last !== undefined && performance.now() - last.at < BETWEEN_WARNINGS) {
      last.since++;
      return;
    }
    report(reason, last?.since ?? 0);
    reported.set(reason, { at: performance.now(), since: 0 });
  };
}

const REASON = /^(?:[A-Z]{3,20}\b|Socket closed unexpectedly|(?:Socket|Connection) timeout)/;

/** Redis's own word for it, or the system's. Without the message, which may hold a URL with its password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return REASON.exec(error.message)?.[0] ?? error.name;
}
