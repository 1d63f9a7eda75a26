import { lookup } from 'node:dns/promises';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { LRUCache } from 'lru-cache';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach an address, which must not be a name. */
export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether only this machine can reach what `host` means. A name is looked up: what `localhost` means depends on the
 * machine.
 */
export async function isLoopback(
  host: string,
  addressesOf: (name: string) => Promise<readonly string[]> = lookUp,
): Promise<boolean> {
  const addresses = isIP(host) === 0 ? await addressesOf(host).catch(() => []) : [host];
  return addresses.length > 0 && addresses.every(isLoopbackAddress);
}

async function lookUp(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** Whether a Host header means this machine: `localhost:8080`, `[::1]:8080`, `127.0.0.1`. */
export function isLocalHost(header: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  const name = (bracketed ?? plain ?? '').toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}

/** Addresses of clients whose names are remembered. */
const MOST_CLIENTS = 10_000;

/**
 * The address in what a proxy says of its client, which may have a port after it: `192.0.2.1:50612`, `[2001:db8::1]:50612`.
 * Undefined for anything else.
 */
export function forwardedAddress(text: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) === 0 ? undefined : address;
}

const clients = new LRUCache<string, string>({ max: MOST_CLIENTS });

/** Who is at an address, for the log and the limits, where no credential says more: `ip 192.0.2.1`. */
export function clientAt(address: string): string {
  const known = clients.get(address);
  if (known !== undefined) return known;
  const client = `ip ${limitKey(address)}`;
  clients.set(address, client);
  return client;
}

/**
 * What a limit is counted by. Whoever has one IPv6 address commonly has a /64 of them, so the first half counts; an
 * IPv4 address is one however it is written.
 */
export function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const shortest = new SocketAddress({ address: address.replace(/%.*$/, ''), family: 'ipv6' }).address;
  const mapped = /^::ffff:([\d.]+)$/.exec(shortest)?.[1];
  if (mapped !== undefined) return mapped;
  const [first = [], last] = shortest.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = last === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...(last ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
