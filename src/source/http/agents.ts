import { type Agent, type RequestOptions, request } from 'node:http';
import { type AgentOptions, request as requestTls, Agent as TlsAgent } from 'node:https';
import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { SettingError } from '../../errors.js';
import { showDuration } from '../source.js';
import { basicAuthorization, type HttpSettings } from './address.js';
import { type ConnectLimits, connectBy, createAgent, READ_AT_ONCE } from './connect.js';
import { connectionFault, passing, statusFault } from './fault.js';

/** How to send a request: with which function, over which connections, and whom to name when it fails. */
interface Route {
  readonly request: typeof request;
  readonly options: RequestOptions;
  /** Headers that the way needs, beside the request's own. */
  readonly headers: Record<string, string>;
  /** Before the path: the origin, where a proxy needs it. */
  readonly pathPrefix: string;
  /** `host:port`, or `proxy host:port`, for messages. */
  readonly peer: string;
}

/** Connections to upstream, kept alive between requests. */
export type Agents = ReturnType<typeof createAgents>;

/**
 * Keeps connections alive between requests: straight, or by the proxy that the environment names.
 *
 * @param signal ends connections that are being opened
 */
export function createAgents(settings: HttpSettings, signal: AbortSignal) {
  const { connectTimeout, concurrency, env } = settings;
  const limits = { connectTimeout, signal };
  const options: AgentOptions & { highWaterMark: number } = {
    keepAlive: true,
    // One more for the messages document.
    maxSockets: concurrency + 1,
    highWaterMark: READ_AT_ONCE,
  };
  const agents = new Map<string, Agent>();
  const agentFor = (name: string, create: () => Agent) => remembered(agents, name, create);
  const direct = (url: URL) => agentFor(url.protocol, () => createAgent(url.protocol, options, limits));
  const tunnel = (proxy: URL) => agentFor(proxy.href, () => createTunnelAgent(proxy, options, limits));

  function findRoute(origin: string): Route {
    const url = new URL(origin);
    const proxy = proxyFor(url, env);
    if (proxy === undefined) return route(url, direct(url), url.host);
    if (url.protocol === 'https:')
      return route(url, tunnel(proxy), `${url.host} through proxy ${proxy.host}`);
    const headers = { host: url.host, ...authorizeProxy(proxy) };
    return { ...route(proxy, direct(proxy), `proxy ${proxy.host}`), headers, pathPrefix: origin };
  }

  const routes = new Map<string, Route>();
  return {
    /** Throws SettingError for a proxy variable that is no address. */
    routeTo: (origin: string) => remembered(routes, origin, () => findRoute(origin)),
    /** Ends all connections, idle or not. */
    destroy(): void {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function remembered<Value>(known: Map<string, Value>, name: string, create: () => Value): Value {
  const value = known.get(name) ?? create();
  known.set(name, value);
  return value;
}

function route(endpoint: URL, agent: Agent, peer: string): Route {
  return {
    request: endpoint.protocol === 'https:' ? requestTls : request,
    options: { ...endpointOf(endpoint), agent },
    headers: {},
    pathPrefix: '',
    peer,
  };
}

/**
 * An agent for https whose connections go through an HTTP proxy. Not the package https-proxy-agent: there a
 * refusal by the proxy, a 404 say, looks like upstream's own answer, and an abort leaves the connection to
 * the proxy open.
 */
function createTunnelAgent(proxy: URL, options: AgentOptions, limits: ConnectLimits): TlsAgent {
  return connectBy(new TlsAgent(options), async ({ host, port, servername }) => {
    const target = { host: host ?? '', port: Number(port) };
    const socket = await openTunnel(proxy, target, limits);
    return connect({ socket, host: target.host, servername, ALPNProtocols: ['http/1.1'] });
  });
}

/** Throws a Fault. */
function openTunnel(
  proxy: URL,
  { host, port }: { host: string; port: number },
  limits: ConnectLimits,
): Promise<Socket> {
  const { connectTimeout, signal } = limits;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const open = proxy.protocol === 'https:' ? requestTls : request;
    const outgoing = open({
      ...endpointOf(proxy),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorizeProxy(proxy) },
      agent: createAgent(proxy.protocol, {}, limits),
      signal,
    });
    let timer: NodeJS.Timeout | undefined;
    // The connection to the proxy has limits of its own.
    outgoing.on('socket', () => {
      const late = passing('timeout', `no connection within ${showDuration(connectTimeout)}`);
      timer = setTimeout(() => outgoing.destroy(late), connectTimeout);
    });
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('connect', ({ statusCode = 0 }, socket) => {
      clearTimeout(timer);
      if (statusCode >= 200 && statusCode <= 299) return resolve(socket);
      socket.destroy();
      reject(statusFault(statusCode, `proxy ${proxy.host} refused the connection with status ${statusCode}`));
    });
    outgoing.on('error', (error) => reject(connectionFault(error, `proxy ${proxy.host}`)));
    outgoing.end();
  });
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an origin, or undefined to go there directly. Reads the variables as curl does, lower case
 * first and `ALL_PROXY` last, and `HTTP_PROXY` too. Throws SettingError, without the value, for one that is no
 * http(s) URL.
 */
export function proxyFor(origin: URL, env: Env): URL | undefined {
  const scheme = origin.protocol.slice(0, -1);
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((each) => [each, each.toUpperCase()]);
  const name = names.find((each) => env[each]);
  if (name === undefined || isExcluded(origin.hostname, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const value = env[name] ?? '';
  const address = value.includes('://') ? value : `http://${value}`;
  if (!/^https?:/i.test(address) || !URL.canParse(address)) {
    throw new SettingError(name, 'not the http:// or https:// address of a proxy');
  }
  return new URL(address);
}

/**
 * Whether `NO_PROXY` names a host, exactly as curl decides it (test/source/http/no-proxy.test.ts compares): a name
 * with its subdomains, with or without a leading dot; an address; a range of addresses. `*` alone is every host.
 * curl has no patterns such as `*.example` and no ports. Unlike curl it takes an IPv6 address in brackets too.
 *
 * @param hostname as a URL has it: in lower case, an IPv6 address in brackets
 */
function isExcluded(hostname: string, list: string): boolean {
  if (list === '*') return true;
  const entries = list.toLowerCase().split(/[ \t,]+/);
  const address = withoutBrackets(hostname);
  if (isIPv4(address) || isIPv6(address)) return entries.some((entry) => isInRange(address, entry));
  const host = hostname.replace(/\.$/, '');
  return entries.some((entry) => {
    const name = entry.replace(/\.$/, '').replace(/^\./, '');
    return name !== '' && (host === name || host.endsWith(`.${name}`));
  });
}

/** @param range an address, or the first bits of one: `10.0.0.0/8`. As in curl, 0 bits are all of them */
function isInRange(address: string, range: string): boolean {
  const is = isIPv4(address) ? isIPv4 : isIPv6;
  const [, written = range, given = ''] = /^(.*?)\/(.*)$/s.exec(range) ?? [];
  const network = is === isIPv6 ? withoutBrackets(written) : written;
  const most = is === isIPv4 ? 32 : 128;
  const bits = Number.parseInt(given, 10) || most;
  if (!is(network) || bits < 0 || bits > most) return false;
  const family = is === isIPv4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(network, bits, family);
  return networks.check(address, family);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Where to connect, in the form node:http takes: an IPv6 address without brackets. */
function endpointOf(url: URL): { host: string; port: string } {
  return { host: withoutBrackets(url.hostname), port: url.port };
}

/** The header that a proxy with a user name in its URL wants. */
function authorizeProxy(proxy: URL): Record<string, string> {
  const authorization = basicAuthorization(proxy);
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}
