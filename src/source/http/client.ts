import ky, { type Input } from 'ky';
import type { Address } from './address.js';
import { createAgents } from './agents.js';
import type { HttpSettings } from './settings.js';
import { createTransport } from './transport.js';

export interface Client {
  /** One GET, which `signal` ends: no retry, no redirect followed, any status returned. Throws what the transport throws. */
  get(address: Address, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
  /** Ends all connections. */
  destroy(): void;
}

/**
 * ky over our own transport. Its retries and timeouts are off: they cover neither the body nor a
 * `Retry-After` that asks for days.
 *
 * @param signal ends connections that are being opened through a proxy
 */
export function createClient(settings: HttpSettings, signal: AbortSignal): Client {
  const { connectTimeout, concurrency, env, userAgent } = settings;
  const agents = createAgents({ connections: concurrency + 1, connectTimeout, env, signal });
  const transport = createTransport(agents, settings);
  const client = ky.create({
    headers: { accept: 'application/json', 'accept-encoding': 'gzip, deflate, br', 'user-agent': userAgent },
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual',
  });
  return {
    get(address, headers, signal) {
      // The transport takes the address as it is; the Request's URL has `.` and `..` resolved.
      const fetch = (input: Input, init?: RequestInit) =>
        transport(input instanceof Request ? input : new Request(input, init), address, signal);
      return client.get(address.origin + address.path, { headers, fetch });
    },
    destroy: agents.destroy,
  };
}
