import { type LookupAddress, lookup } from 'node:dns';
import { Agent, type ClientRequestArgs } from 'node:http';
import { type AgentOptions, Agent as TlsAgent } from 'node:https';
import { connect, isIP, Socket } from 'node:net';
import { showDuration, timeoutFault } from './fault.js';

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
  const isTls = protocol === 'https:';
  const agent = isTls ? new TlsAgent(options) : new Agent(options);
  const encrypt = isTls ? agent.createConnection.bind(agent) : undefined;
  agent.createConnection = (request, done) => {
    const secure = (socket: Socket) => {
      const over = { ...request, socket };
      return encrypt?.(over) ?? socket;
    };
    connectTo(request, limits).then(
      (socket) => done?.(null, secure(socket)),
      // The second argument is only there because the type wants it.
      (error) => done?.(error, new Socket()),
    );
    return undefined;
  };
  return agent;
}

/** @throws a Fault for what took too long, the signal's reason, an error of Node's */
async function connectTo(target: ClientRequestArgs, limits: ConnectLimits): Promise<Socket> {
  const host = target.host ?? 'localhost';
  const addresses = isIP(host) === 0 ? alternate(await addressesOf(host, limits)) : [host];
  limits.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const race = startRace(addresses, target, limits, (result) => {
      limits.signal.removeEventListener('abort', abort);
      if (result instanceof Socket) resolve(result);
      else reject(result);
    });
    const abort = () => race.end(limits.signal.reason);
    limits.signal.addEventListener('abort', abort);
    race.tryNext();
  });
}

/** `finish` is called once: with the first socket that is connected, or with what says best why there is none. */
function startRace(
  addresses: readonly string[],
  target: ClientRequestArgs,
  { connectTimeout }: ConnectLimits,
  finish: (result: unknown) => void,
) {
  const timers = new Map<Socket, NodeJS.Timeout>();
  const errors: unknown[] = [];
  let next = 0;
  let headStart: NodeJS.Timeout | undefined;
  let isOver = false;

  function end(result: unknown): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(headStart);
    for (const [socket, timer] of timers) {
      clearTimeout(timer);
      if (socket !== result) socket.destroy();
    }
    finish(result);
  }

  function fail(socket: Socket, error: unknown): void {
    clearTimeout(timers.get(socket));
    timers.delete(socket);
    errors.push(error);
    if (next < addresses.length) tryNext();
    else if (timers.size === 0) end(errors.find(isRefusal) ?? errors.at(-1));
  }

  function tryNext(): void {
    clearTimeout(headStart);
    const host = addresses[next++];
    if (isOver || host === undefined) return;
    const socket = connect({ ...SOCKET, host, port: Number(target.port) });
    const late = timeoutFault(`no connection within ${showDuration(connectTimeout)}`);
    timers.set(
      socket,
      setTimeout(() => socket.destroy(late), connectTimeout),
    );
    const onError = (error: unknown) => fail(socket, error);
    socket.once('error', onError).once('connect', () => {
      socket.off('error', onError);
      end(socket);
    });
    headStart = setTimeout(tryNext, HEAD_START);
  }

  return { tryNext, end };
}

/** A refusal says more than the silence of another address. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function addressesOf(host: string, limits: ConnectLimits): Promise<LookupAddress[]> {
  const { connectTimeout, signal, lookup: find = lookup } = limits;
  return new Promise((resolve, reject) => {
    const late = () => reject(timeoutFault(`no address of ${host} within ${showDuration(connectTimeout)}`));
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
