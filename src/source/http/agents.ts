import { type Agent, type RequestOptions, request } from 'node:http';
import { type AgentOptions, request as requestTls } from 'node:https';
import type { Address } from './address.js';
import { type ConnectLimits, createAgent, READ_AT_ONCE } from './connect.js';
import { authorizeProxy, endpointOf, proxyFor } from './proxy.js';
import { createTunnelAgent } from './tunnel.js';

/** How to send a request: with which function, over which connections, and whom to name when it fails. */
interface Route {
  readonly request: typeof request;
  readonly options: RequestOptions;
  /** Headers that the way needs, beside the request's own. */
  readonly headers: Record<string, string>;
  /** `host:port`, or `proxy host:port`, for messages. */
  readonly peer: string;
}

export interface Agents {
  /** Throws SettingError for a proxy variable that is no address. */
  routeTo(address: Address): Route;
  /** Ends all connections, idle or not. */
  destroy(): void;
}

export interface AgentSettings extends ConnectLimits {
  /** Connections to one host at most. */
  readonly connections: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Keeps connections alive between requests: straight, or by the proxy that the environment names. */
export function createAgents({ connections, env, ...limits }: AgentSettings): Agents {
  const options: AgentOptions & { highWaterMark: number } = {
    keepAlive: true,
    maxSockets: connections,
    highWaterMark: READ_AT_ONCE,
  };
  const agents = new Map<string, Agent>();
  const agentFor = (name: string, create: () => Agent) => {
    const agent = agents.get(name) ?? create();
    agents.set(name, agent);
    return agent;
  };
  const direct = (url: URL) => agentFor(url.protocol, () => createAgent(url.protocol, options, limits));
  const tunnel = (proxy: URL) => agentFor(proxy.href, () => createTunnelAgent(proxy, options, limits));

  function findWay(origin: string): Way {
    const url = new URL(origin);
    const proxy = proxyFor(url, env);
    if (proxy === undefined) return way(url, direct(url), url.host);
    if (url.protocol === 'https:') return way(url, tunnel(proxy), `${url.host} through proxy ${proxy.host}`);
    const headers = { host: url.host, ...authorizeProxy(proxy) };
    return { ...way(proxy, direct(proxy), `proxy ${proxy.host}`), headers, pathPrefix: origin };
  }

  const ways = new Map<string, Way>();
  return {
    routeTo({ origin, path }) {
      const known = ways.get(origin) ?? findWay(origin);
      ways.set(origin, known);
      return { ...known, options: { ...known.options, path: known.pathPrefix + path } };
    },
    destroy() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** What all routes to one origin have in common. */
interface Way extends Route {
  /** Before the path: the origin, where a proxy has to be told. */
  readonly pathPrefix: string;
}

function way(endpoint: URL, agent: Agent, peer: string): Way {
  return {
    request: endpoint.protocol === 'https:' ? requestTls : request,
    options: { ...endpointOf(endpoint), agent },
    headers: {},
    peer,
    pathPrefix: '',
  };
}
