import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { SettingError } from '../../errors.js';
import { basicAuthorization } from './authorization.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an origin, or undefined to go there directly. Reads the variables as curl does, lower case
 * first and `ALL_PROXY` last, and `HTTP_PROXY` too. Throws SettingError, without the value, for one that is no
 * http(s) URL.
 */
export function proxyFor(origin: URL, env: Env): URL | undefined {
  const scheme = origin.protocol.slice(0, -1);
  const name = [`${scheme}_proxy`, 'all_proxy'].flatMap(cases).find((candidate) => env[candidate]);
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

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

function cases(name: string): string[] {
  return [name, name.toUpperCase()];
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Where to connect, in the form node:http takes: an IPv6 address without brackets. */
export function endpointOf(url: URL): { host: string; port: string } {
  return { host: withoutBrackets(url.hostname), port: portOf(url) };
}

/** The header that a proxy with a user name in its URL wants. */
export function authorizeProxy(proxy: URL): Record<string, string> {
  const authorization = basicAuthorization(proxy);
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}
