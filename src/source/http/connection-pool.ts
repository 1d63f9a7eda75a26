import type { Client } from './client.js';
import type { HttpSettings } from './settings.js';

/** Connections to upstream, kept alive between requests. */
export interface ConnectionPool {
  client(): Promise<Client>;
  /** Ends all connections. Safe twice. */
  close(): Promise<void>;
}

/** @param signal ends connections that are being opened through a proxy */
export function createConnectionPool(settings: HttpSettings, signal: AbortSignal): ConnectionPool {
  let client: Promise<Client> | undefined;

  async function open(): Promise<Client> {
    const { createClient } = await import('./client.js');
    return createClient(settings, signal);
  }

  return {
    client() {
      client ??= open();
      return client;
    },
    async close() {
      (await client)?.destroy();
    },
  };
}
