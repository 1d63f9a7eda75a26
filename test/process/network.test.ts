import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProxy } from '../proxy.js';
import { makeCertificates, type TestCertificates } from '../tls.js';
import { type Reply, startUpstream, type Upstream } from '../upstream.js';
import { BILL, MESSAGES_PATH, REPORT_PATH, USUAL } from './period.js';
import { type Outcome, runBin } from './run.js';
import { runMain } from './run-main.js';

let upstream: Upstream;
let certificates: TestCertificates;
let secure: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(USUAL);
  certificates = await makeCertificates();
  secure = await startUpstream({ ...USUAL, tls: certificates });
});
afterAll(async () => {
  await upstream.close();
  await secure.close();
  await certificates.remove();
});

const QUICK = ['--retries', '0'];

describe('C016 proxies', () => {
  test('HTTP_PROXY is used, also for a host that only the proxy knows', async () => {
    const proxy = await startProxy({ forwardTo: { host: '127.0.0.1', port: upstream.port } });
    for (const variable of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) {
      const run = await runMain(['--json', '--source', 'http://usage.invalid'], {
        env: { [variable]: proxy.url },
      });
      expect(run).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
    }
    expect(proxy.requests).toHaveLength(9);
    expect(proxy.requests[0]?.target).toBe('http://usage.invalid/messages/current-period');
    await proxy.close();
  });

  test.for(['usage.invalid', '.invalid', 'invalid', '*', 'other, usage.invalid'])(
    'fault C4 (a host that NO_PROXY names is called directly): NO_PROXY=%s',
    async (excluded) => {
      const proxy = await startProxy({ forwardTo: { host: '127.0.0.1', port: upstream.port } });
      const env = { HTTP_PROXY: proxy.url, NO_PROXY: excluded };
      const run = await runMain(['--source', 'http://usage.invalid', ...QUICK], { env });
      expect(run).toMatchObject({ stdout: '', status: 69 });
      expect(run.stderr).toContain('usage.invalid');
      expect(proxy.requests).toEqual([]);
      await proxy.close();
    },
  );

  test('HTTPS_PROXY tunnels, and the token stays inside the tunnel', async () => {
    const proxy = await startProxy();
    const env = {
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: certificates.caFile,
      O_COPILOT_TOKEN: 'SECRET-TOKEN-123',
    };
    const run = await runBin(['--json', '--source', secure.url], { env });
    expect(run).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
    expect(proxy.requests.every(({ method }) => method === 'CONNECT')).toBe(true);
    expect(JSON.stringify(proxy.requests)).not.toContain('SECRET');
    await proxy.close();
  });

  test.for([
    ['a proxy that is not there', 'http://u:hunter2@127.0.0.1:9', 69, 'proxy 127.0.0.1:9'],
    ['a proxy variable that is no address', 'socks5://u:hunter2@127.0.0.1:9', 78, 'HTTP_PROXY'],
  ] as const)('%s is named, without its password', async ([, proxy, status, says]) => {
    const run = await runMain(['--source', 'http://usage.invalid', ...QUICK], { env: { HTTP_PROXY: proxy } });
    expect(run).toMatchObject({ stdout: '', status });
    expect(run.stderr.toLowerCase()).toContain(says.toLowerCase());
    expect(run.stderr).not.toContain('hunter2');
  });

  test('a proxy that refuses', async () => {
    const proxy = await startProxy({ refuse: 407 });
    const run = await runMain(['--source', 'http://usage.invalid', ...QUICK], {
      env: { HTTP_PROXY: proxy.url },
    });
    expect(run).toMatchObject({ stdout: '', status: 69 });
    expect(run.stderr).toContain('the proxy answered with status 407');
    await proxy.close();
  });
});

describe('C068 TLS', () => {
  test('a certificate of an unknown authority is refused, with its code and a hint', async () => {
    const run = await runMain(['--source', secure.url, ...QUICK]);
    expect(run).toMatchObject({ stdout: '', status: 69 });
    expect(run.stderr).toMatch(/\((UNABLE_TO_\w+|SELF_SIGNED_\w+)\).*NODE_EXTRA_CA_CERTS/);
  });

  test('NODE_EXTRA_CA_CERTS makes it known', async () => {
    const run = await runBin(['--json', '--source', secure.url], {
      env: { NODE_EXTRA_CA_CERTS: certificates.caFile },
    });
    expect(run).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
  });

  test('NODE_EXTRA_CA_CERTS that is not there fails like none', async () => {
    const run = await runBin(['--source', secure.url, ...QUICK], {
      env: { NODE_EXTRA_CA_CERTS: '/no/ca.pem' },
    });
    expect(run).toMatchObject({ stdout: '', status: 69 });
  });

  test('a certificate for another name is refused', async () => {
    const other = await makeCertificates('DNS:other.example');
    const server = await startUpstream({ ...USUAL, tls: other });
    const run = await runBin(['--source', server.url, ...QUICK], {
      env: { NODE_EXTRA_CA_CERTS: other.caFile },
    });
    expect(run).toMatchObject({ stdout: '', status: 69 });
    expect(run.stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    await server.close();
    await other.remove();
  });

  test('a redirect from https to http is not followed', async () => {
    const down: Reply = { status: 302, headers: { location: `${upstream.url}${MESSAGES_PATH}` } };
    const server = await startUpstream({ ...USUAL, tls: certificates, script: { [MESSAGES_PATH]: down } });
    const before = upstream.requests.length;
    const run = await runBin(['--source', server.url, ...QUICK], {
      env: { NODE_EXTRA_CA_CERTS: certificates.caFile },
    });
    expect(run).toMatchObject({ stdout: '', status: 69 });
    expect(run.stderr).toContain('redirects from https to http');
    expect(upstream.requests).toHaveLength(before);
    await server.close();
  });
});

describe('addresses', () => {
  test('C015 a server on ::1 is reached by [::1], and by localhost where that is ::1 too', async () => {
    const six = await startUpstream({ ...USUAL, host: '::1' });
    const names = await lookup('localhost', { all: true });
    const named = names.some(({ address }) => address === '::1');
    for (const source of [six.url, ...(named ? [six.url.replace('[::1]', 'localhost')] : [])]) {
      expect(await runMain(['--json', '--source', source])).toMatchObject({ stdout: BILL, status: 0 });
    }
    await six.close();
  });

  test('C100 C143 only GET is sent, with no query of our own', async () => {
    const own = await startUpstream(USUAL);
    await runMain(['--json', '--source', own.url, '--limit', '1', '--since', '2024-01-01']);
    expect(own.requests.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      `GET ${MESSAGES_PATH}`,
      'GET /reports/5392',
      'GET /reports/9999',
    ]);
    await own.close();
  });
});

describe('C096 C099 C164 secrets', () => {
  const TOKEN = 'SECRET-TOKEN-123';
  const PASSWORD = 'hunter2';
  const KEY = 'SIGNATURE-456';
  const forms = [TOKEN, PASSWORD, KEY].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    btoa(secret),
  ]);
  const shownIn = (run: Outcome) => {
    const all = run.stdout + run.stderr;
    return [...forms, btoa(`u:${PASSWORD}`)].filter((secret) => all.includes(secret));
  };

  const replies: Readonly<Record<string, Reply>> = {
    'nothing is wrong': {},
    '401': { status: 401 },
    '403 that echoes them': { status: 403, body: `${TOKEN} ${PASSWORD} ${KEY}` },
    '400 that echoes them': { status: 400, body: `${TOKEN} ${PASSWORD} ${KEY}` },
    '500': { status: 500, body: TOKEN },
    'a reset': { resetAfterBytes: 0 },
    'a timeout': { never: true },
    'a body that is no JSON': { body: '<' },
    'a redirect in a circle': { status: 302, headers: { location: `${MESSAGES_PATH}?sig=${KEY}` } },
    'a redirect elsewhere': {
      status: 302,
      headers: { location: `http://u:${PASSWORD}@127.0.0.1:9/?sig=${KEY}` },
    },
  };

  test.for(Object.entries(replies))('stay off every stream: %s', async ([, reply]) => {
    const own = await startUpstream({ ...USUAL, script: { [MESSAGES_PATH]: reply } });
    const url = own.url.replace('http://', `http://u:${PASSWORD}@`);
    const flags = ['--verbose', '--retries', '1', '--read-timeout', '300ms'];
    for (const format of ['--json', '--table']) {
      const run = await runMain([format, '--source', `${url}/?sig=${KEY}`, ...flags], {
        env: { O_COPILOT_TOKEN: TOKEN },
      });
      expect(shownIn(run)).toEqual([]);
    }
    await own.close();
  });

  test.for([
    ['a source that is no URL', ['--source', `http://u:${PASSWORD}@[?sig=${KEY}`], {}],
    ['a source of another scheme', ['--source', `ftp://u:${PASSWORD}@host/?sig=${KEY}`], {}],
    [
      'a token that no header can carry',
      ['--source', 'http://127.0.0.1:9'],
      { O_COPILOT_TOKEN: `${TOKEN} ${TOKEN}` },
    ],
    ['a source variable that is no URL', [], { O_COPILOT_SOURCE: `http://u:${PASSWORD}@[?sig=${KEY}` }],
  ] as const)('stay off every stream: %s', async ([, flags, env]) => {
    const run = await runMain([...flags], { env: { ...env } });
    expect([64, 78]).toContain(run.status);
    expect(shownIn(run)).toEqual([]);
  });

  test('C164 a password in the URL is sent as Basic, a token wins over it, the query goes along', async () => {
    const own = await startUpstream(USUAL);
    const url = own.url.replace('http://', `http://u:${PASSWORD}@`);
    expect(await runMain(['--json', '--source', url])).toMatchObject({ stdout: BILL, status: 0 });
    expect(
      own.requests.every(({ headers }) => headers.authorization === `Basic ${btoa(`u:${PASSWORD}`)}`),
    ).toBe(true);
    const from = own.requests.length;
    await runMain(['--json', '--source', `${url}?sig=${KEY}`], { env: { O_COPILOT_TOKEN: TOKEN } });
    const later = own.requests.slice(from);
    expect(later.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    expect(later.every(({ path }) => path.endsWith(`?sig=${KEY}`))).toBe(true);
    await own.close();
  });

  test('C017 C018 never reach another origin, and a 401 there says why', async () => {
    for (const path of [MESSAGES_PATH, REPORT_PATH]) {
      const other = await startUpstream({ script: { '/moved': { status: 401 } } });
      const location = `http://localhost:${other.port}/moved`;
      const own = await startUpstream({
        ...USUAL,
        script: { [path]: { status: 302, headers: { location } } },
      });
      const run = await runMain(['--json', '--source', own.url], { env: { O_COPILOT_TOKEN: TOKEN } });
      expect(run).toMatchObject({ stdout: '', status: 77 });
      expect(run.stderr).toContain(`it was redirected to http://localhost:${other.port}`);
      expect(other.hits('/moved')).toBe(1);
      expect(JSON.stringify(other.requests)).not.toContain(TOKEN);
      expect(own.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
      await own.close();
      await other.close();
    }
  });

  test('C123 a 401 says where the token came from', async () => {
    const own = await startUpstream({ ...USUAL, script: { [MESSAGES_PATH]: { status: 401 } } });
    const run = await runMain(['--source', own.url], { env: { O_COPILOT_TOKEN: TOKEN } });
    expect(run.stderr).toContain('the token came from O_COPILOT_TOKEN');
    await own.close();
  });
});
