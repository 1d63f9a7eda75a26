import { execFile, execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/source/http/agents.js';
import { startProxy } from '../../proxy.js';

const NAMED = ['usage.corp.test', 'corp.test', 'xcorp.test', 'USAGE.corp.test.', 'test', 'localhost'];
const V4 = ['127.0.0.1', '127.0.0.9', '10.1.2.3', '10.1.130.3', '192.168.1.255', '2130706433'];
const V6 = ['[::1]', '[fd00::5]', '[FD00:0::0005]', '[fd00:0:0:1::5]', '[::ffff:10.1.2.3]', '[2001:db8::1]'];

const NAMES = [
  ...['corp.test', '.corp.test', 'CORP.test', 'corp.test.', '.corp.test.', '..corp.test', 'usage.corp.test'],
  ...[
    'test',
    '.test',
    '.',
    '..',
    '*',
    '*.corp.test',
    '*,x',
    'x,*',
    '* ',
    'corp.test:1',
    'usage.corp.test:1',
    'localhost',
  ],
  ...['http://corp.test', 'orp.test', 'usage', '-', ''],
];
const ADDRESSES = [
  ...[
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.',
    '127.0.0',
    '127.1',
    '0127.0.0.1',
    '127.0.0.0/8',
    '127.0.0.0/32',
  ],
  ...[
    '127.0.0.1/0',
    '0.0.0.0/0',
    '0.0.0.0/1',
    '10.0.0.0/8',
    '10.1.2.3/33',
    '10.1.2.3/x',
    '10.1.2.3/',
    '10.1.2.3/-1',
  ],
  ...['10.0.0.0/08', '10.1.128.0/17', '10.1.0.0/17', '192.168.1.128/25', '192.168.1.254/31', '10.1.2.2/31'],
];
/** With the hosts of V6 that they name. */
const ADDRESSES_V6: readonly (readonly [list: string, direct: readonly string[]])[] = [
  ['::1', ['[::1]']],
  ['::1/128', ['[::1]']],
  ['::1/129', []],
  ['::/0', []],
  ['fd00::/8', ['[fd00::5]', '[FD00:0::0005]', '[fd00:0:0:1::5]']],
  ['fd00::/16', ['[fd00::5]', '[FD00:0::0005]', '[fd00:0:0:1::5]']],
  ['fd00::/64', ['[fd00::5]', '[FD00:0::0005]']],
  ['FD00::5', ['[fd00::5]', '[FD00:0::0005]']],
  ['fd00:0::0005', ['[fd00::5]', '[FD00:0::0005]']],
  ['fd00::/128', []],
  ['::ffff:10.1.2.3', ['[::ffff:10.1.2.3]']],
  ['::ffff:10.0.0.0/104', ['[::ffff:10.1.2.3]']],
  ['::ffff:0:0/96', ['[::ffff:10.1.2.3]']],
  ['10.0.0.0/8', []],
  ['2001:db8::/32', ['[2001:db8::1]']],
  ['corp.test,127.0.0.1 ::1', ['[::1]']],
];
const LISTS = [
  ...[
    'a corp.test',
    'a,corp.test',
    'a , corp.test',
    ',,corp.test',
    'a\tcorp.test',
    'a;corp.test',
    '  corp.test  ',
  ],
  ...['a\ncorp.test', 'corp.test,10.0.0.0/8,x', '10.0.0.0/8 127.0.0.1', '10.0.0.0/ 8'],
];

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

type Env = Readonly<Record<string, string>>;

/** Those of the hosts that curl asks a proxy for; every other it calls itself, and finds nobody there. */
async function proxiedByCurl(hosts: readonly string[], env: Env): Promise<string[]> {
  const proxy = await startProxy({ refuse: 418 });
  const urls = hosts.map((host, index) => `http://${host}:1/${index}`);
  // From this address nothing but the loopback can be reached: a direct call fails at once.
  const from = ['--resolve', '*:1:127.0.0.1', '--interface', 'host!127.0.0.1'];
  await new Promise<void>((resolve) => {
    const settings = { PATH: process.env.PATH ?? '', http_proxy: proxy.url, ...env };
    execFile('curl', ['-s', '-g', '-m', '20', ...from, ...urls], { env: settings }, () => resolve());
  });
  await proxy.close();
  return hosts.filter((_, index) => proxy.requests.some(({ target }) => target.endsWith(`/${index}`)));
}

function proxiedByUs(hosts: readonly string[], env: Env): string[] {
  return hosts.filter((host) => proxyFor(new URL(`http://${host}:1`), { http_proxy: 'http://p:1', ...env }));
}

const withCurl = test.skipIf(!hasCurl());
/** curl before 8 compares IPv6 addresses as texts, in spite of its manual. */
const curlKnowsV6 = hasCurl() && (await proxiedByCurl(['[::1]'], { NO_PROXY: '::1/128' })).length === 0;

describe('fault C4 (a host that NO_PROXY names is called directly): the same as curl', () => {
  withCurl.for([...NAMES, ...ADDRESSES, ...LISTS])('NO_PROXY=%j for each host (needs curl)', async (list) => {
    const hosts = [...NAMED, ...V4];
    expect(proxiedByUs(hosts, { NO_PROXY: list })).toEqual(await proxiedByCurl(hosts, { NO_PROXY: list }));
  });

  withCurl('no_proxy goes before NO_PROXY, unless it is empty (needs curl)', async () => {
    const hosts = [...NAMED, ...V4];
    for (const env of [
      { no_proxy: 'corp.test', NO_PROXY: '10.0.0.0/8' },
      { no_proxy: '', NO_PROXY: '10.0.0.0/8' },
      { no_proxy: 'other', NO_PROXY: '*' },
    ]) {
      expect(proxiedByUs(hosts, env)).toEqual(await proxiedByCurl(hosts, env));
    }
  });

  test.for(ADDRESSES_V6)('NO_PROXY=%j for IPv6 addresses', ([list, direct]) => {
    expect(V6.filter((host) => !proxiedByUs(V6, { NO_PROXY: list }).includes(host))).toEqual(direct);
  });

  test.skipIf(!curlKnowsV6).for(ADDRESSES_V6)(
    'NO_PROXY=%j for IPv6 addresses (needs curl 8)',
    async ([list]) => {
      expect(proxiedByUs(V6, { NO_PROXY: list })).toEqual(await proxiedByCurl(V6, { NO_PROXY: list }));
    },
  );

  test('a range of IPv6 addresses may end within a byte; brackets do not count', () => {
    const direct = (list: string) => V6.filter((host) => !proxiedByUs(V6, { NO_PROXY: list }).includes(host));
    expect(direct('fd00::/9')).toEqual(['[fd00::5]', '[FD00:0::0005]', '[fd00:0:0:1::5]']);
    expect(direct('fd00::/63')).toEqual(['[fd00::5]', '[FD00:0::0005]', '[fd00:0:0:1::5]']);
    expect(direct('2001:db8:8000::/33')).toEqual([]);
    expect(direct('[::1],[fd00::]/64')).toEqual(['[::1]', '[fd00::5]', '[FD00:0::0005]']);
  });
});
