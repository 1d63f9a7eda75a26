import { request } from 'node:http';
import { Agent, type AgentOptions, request as requestTls } from 'node:https';
import { Socket } from 'node:net';
import { connect } from 'node:tls';
import { type ConnectLimits, createAgent } from './connect.js';
import { connectionFault } from './connection-fault.js';
import { showDuration } from './duration.js';
import { statusFault, timeoutFault } from './fault.js';
import { authorizeProxy, endpointOf } from './proxy.js';

/**
 * An agent for https whose connections go through an HTTP proxy. Not the package https-proxy-agent: there a
 * refusal by the proxy, a 404 say, looks like upstream's own answer, and an abort leaves the connection to
 * the proxy open.
 */
export function createTunnelAgent(proxy: URL, options: AgentOptions, limits: ConnectLimits): Agent {
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
      const late = timeoutFault(`no connection within ${showDuration(connectTimeout)}`);
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
