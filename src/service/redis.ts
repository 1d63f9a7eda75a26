import KeyvRedis, { createClient } from '@keyv/redis';
import Keyv from 'keyv';
import type { TextCache } from './period/report-cache.js';
import { keyvCache } from './period/text-cache.js';

/** Milliseconds of silence after which Redis counts as down; it is asked for a sign of life more often. */
const LONGEST_SILENCE = 1000;
const PING_INTERVAL = 300;
const LONGEST_RECONNECT_PAUSE = 2000;

export interface RedisOptions {
  readonly url: string;
  /** Told when Redis comes and goes, each once. */
  onState(state: 'up' | 'down', reason?: string): void;
  /** Told of a command that failed though Redis is up. */
  onFailure(reason: string): void;
}

export interface Redis {
  readonly cache: TextCache;
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
  let state: 'up' | 'down' | undefined;
  const enter = (next: 'up' | 'down', reason?: string) => {
    if (state === next) return;
    state = next;
    onState(next, reason);
  };
  client.on('ready', () => enter('up'));
  client.on('error', (error: unknown) => enter('down', describe(error)));
  client.on('end', () => enter('down'));
  const connected = client.connect();
  // It goes on trying by itself; this only ends when the service does.
  connected.catch(() => {});

  const store = new KeyvRedis(client, { throwOnErrors: true, noNamespaceAffectsAll: false });
  // Keyv hands the same failure to its caller as well.
  store.on('error', () => {});
  const keyv = new Keyv({ store, namespace: 'o-copilot', useKeyPrefix: false, throwOnErrors: true });

  return {
    cache: keyvCache(keyv, (error) => {
      if (state === 'up') onFailure(describe(error));
    }),
    state: () => state ?? 'down',
    runScript: (script, key, values) => client.eval(script, { keys: [key], arguments: [...values] }),
    close: () => client.destroy(),
  };
}

/** Without the URL, which may hold a password. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
