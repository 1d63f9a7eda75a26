import { type LookupAddress, lookup } from 'node:dns';
import { once, setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { type AgentOptions, Agent as TlsAgent, type RequestOptions as TlsRequestOptions } from 'node:https';
import { connect, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { showDuration } from '../source.js';
import { passing } from './fault.js';

/** Milliseconds after which the next address is tried beside those under way (RFC 8305, section 8). */
const HEAD_START = 250;

/** Bytes: as much as one read of a socket brings; Node 20 would stop and start it four times for that. */
export const READ_AT_ONCE = 64 * 1024;

const SOCKET = {
  autoSelectFamily: false,
  noDelay: true,
  keepAlive: true,
  highWaterMark: READ_AT_ONCE,
};

export interface ConnectLimits {
  /** Milliseconds for the lookup, and then for each address. */
  readonly connectTimeout: number;
  /** Ends connections that are being opened. */
  readonly signal: AbortSignal;
  /** Instead of the system's. */
  readonly lookup?: Lookup;
}

type Lookup = (
  host: string,
  options: { readonly all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * An agent that gives each address of a host the connect timeout, and takes the first that answers. Node gives up an
 * address after 250 ms (`autoSelectFamilyAttemptTimeout`), or, if that is set higher, waits so long for a dead one
 * before it tries the next.
 */
export function createAgent(protocol: string, options: AgentOptions, limits: ConnectLimits): Agent {
  if (protocol !== 'https:') return connectBy(new Agent(options), (target) => connectTo(target, limits));
  const agent = new TlsAgent(options);
  const encrypt = agent.createConnection.bind(agent);
  return connectBy(agent, async (target) => {
    const socket = await connectTo(target, limits);
    const over = { ...target, socket };
    return encrypt(over) ?? socket;
  });
}

/** Has an agent open its connections by `open`. */
export function connectBy<Kind extends Agent>(
  agent: Kind,
  open: (target: TlsRequestOptions) => Promise<Duplex>,
): Kind {
  agent.createConnection = (target, done) => {
    open(target).then(
      (socket) => done?.(null, socket),
      // The second argument is only there because the type wants it.
      (error) => done?.(error, new Socket()),
    );
    return undefined;
  };
  return agent;
}

/**
 * Tries the addresses one after the other: the next one when one fails, or after its head start.
 *
 * @throws a Fault for what took too long, the signal's reason, an error of Node's
 */
async function connectTo({ host, port }: TlsRequestOptions, limits: ConnectLimits): Promise<Socket> {
  const { connectTimeout, signal } = limits;
  const name = host ?? 'localhost';
  const addresses = isIP(name) === 0 ? alternate(await addressesOf(name, limits)) : [name];
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const stop = () => over.abort();
  signal.addEventListener('abort', stop);
  const sockets: Socket[] = [];
  const attempts: Promise<Socket>[] = [];
  let first: Socket | undefined;
  try {
    for (const address of addresses) {
      signal.throwIfAborted();
      const socket = connect({ ...SOCKET, host: address, port: Number(port) });
      sockets.push(socket);
      const attempt = connected(socket, connectTimeout, over.signal);
      attempts.push(attempt);
      const headStart = sleep(HEAD_START, undefined, { ref: false });
      first = await Promise.race([Promise.any(attempts), attempt, headStart]).catch(() => undefined);
      if (first !== undefined) return first;
    }
    first = await Promise.any(attempts);
    return first;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError ? (error.errors.find(isRefusal) ?? error.errors.at(-1)) : error;
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
    for (const socket of sockets) if (socket !== first) socket.destroy();
  }
}

async function connected(socket: Socket, connectTimeout: number, signal: AbortSignal): Promise<Socket> {
  const late = () =>
    socket.destroy(passing('timeout', `no connection within ${showDuration(connectTimeout)}`));
  const timer = setTimeout(late, connectTimeout);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal says more than the silence of another address. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function addressesOf(host: string, limits: ConnectLimits): Promise<LookupAddress[]> {
  const { connectTimeout, signal, lookup: find = lookup } = limits;
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(passing('timeout', `no address of ${host} within ${showDuration(connectTimeout)}`));
    const timer = setTimeout(late, connectTimeout);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    find(host, { all: true }, (error, addresses) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}

/** One address of each family in turn, beginning with that of the first (RFC 8305, section 4). */
function alternate(addresses: readonly LookupAddress[]): string[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const others = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longest = Math.max(first.length, others.length);
  return Array.from({ length: longest }, (_, index) => [first[index], others[index]])
    .flat()
    .flatMap((each) => (each === undefined ? [] : [each.address]));
}
