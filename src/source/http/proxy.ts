import { SettingError } from '../../errors.js';
import { basicAuthorization } from './authorization.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an origin, or undefined to go there directly. Reads the variables as curl and the package
 * proxy-from-env do (which has no way to be handed an environment): lower case first, `ALL_PROXY` last; in
 * `NO_PROXY` names separated by commas or spaces, each exact, `.suffix`, `*suffix`, with a port if wanted,
 * or `*` for all. Throws SettingError, without the value, for one that is no http(s) URL.
 */
export function proxyFor(origin: URL, env: Env): URL | undefined {
  const scheme = origin.protocol.slice(0, -1);
  const name = [`${scheme}_proxy`, 'all_proxy'].flatMap(cases).find((candidate) => env[candidate]);
  if (name === undefined || isExcluded(origin, env)) return undefined;
  const value = env[name] ?? '';
  const address = value.includes('://') ? value : `http://${value}`;
  if (!/^https?:/i.test(address) || !URL.canParse(address)) {
    throw new SettingError(name, 'not the http:// or https:// address of a proxy');
  }
  return new URL(address);
}

function isExcluded(origin: URL, env: Env): boolean {
  const list = env.no_proxy || env.NO_PROXY || '';
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && excludes(entry, origin));
}

function excludes(entry: string, origin: URL): boolean {
  const [, host = entry, port] = /^(.+):(\d+)$/.exec(entry) ?? [];
  if (port !== undefined && port !== portOf(origin)) return false;
  if (/^[.*]/.test(host)) return origin.hostname.endsWith(host.replace(/^\*/, ''));
  return origin.hostname === host;
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

function cases(name: string): string[] {
  return [name, name.toUpperCase()];
}

/** Where to connect, in the form node:http takes: an IPv6 address without brackets. */
export function endpointOf(url: URL): { host: string; port: string } {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: portOf(url) };
}

/** The header that a proxy with a user name in its URL wants. */
export function authorizeProxy(proxy: URL): Record<string, string> {
  const authorization = basicAuthorization(proxy);
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}
