import { request } from 'node:http';
import { Agent, type AgentOptions, request as requestTls } from 'node:https';
import { Socket } from 'node:net';
import { connect } from 'node:tls';
import { connectionFault } from './connection-fault.js';
import { showDuration } from './duration.js';
import { statusFault, timeoutFault } from './fault.js';
import { authorizeProxy, endpointOf } from './proxy.js';

export interface TunnelLimits {
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Ends tunnels that are being opened. */
  readonly signal: AbortSignal;
}

/**
 * An agent for https whose connections go through an HTTP proxy. Not the package https-proxy-agent: there a
 * refusal by the proxy, a 404 say, looks like upstream's own answer, and an abort leaves the connection to
 * the proxy open.
 */
export function createTunnelAgent(proxy: URL, options: AgentOptions, limits: TunnelLimits): Agent {
  const agent = new Agent(options);
  agent.createConnection = ({ host, port, servername }, done) => {
    const target = { host: host ?? '', port: Number(port) };
    openTunnel(proxy, target, limits).then(
      (socket) =>
        done?.(null, connect({ socket, host: target.host, servername, ALPNProtocols: ['http/1.1'] })),
      // The second argument is only there because the type wants it.
      (error) => done?.(error, new Socket()),
    );
    return undefined;
  };
  return agent;
}

/** Throws a Fault. */
function openTunnel(
  proxy: URL,
  { host, port }: { host: string; port: number },
  { connectTimeout, signal }: TunnelLimits,
): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const open = proxy.protocol === 'https:' ? requestTls : request;
    const outgoing = open({
      ...endpointOf(proxy),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorizeProxy(proxy) },
      agent: false,
      signal,
    });
    const timer = setTimeout(() => {
      outgoing.destroy(timeoutFault(`no connection within ${showDuration(connectTimeout)}`));
    }, connectTimeout);
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
