import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import {
  array,
  asyncProperty,
  assert as check,
  constantFrom,
  oneof,
  option,
  record,
  string,
  tuple,
} from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inlineCodeOf } from '../docs/markdown.js';
import { manyMessages, USUAL } from '../process/period.js';
import { runMain } from '../process/run-main.js';
import { type Authority, makeAuthority } from '../tls.js';
import { type Reply, startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { nextPage, type Serving, startServe } from './start-serve.js';

const KIND = 'fault E25 (the OpenAPI document is what the service does)';

interface Described {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly schema: object;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Described>>;
  readonly security?: readonly object[];
}
interface OpenApi {
  readonly openapi: string;
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<'get' | 'head', Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Described>>;
    readonly schemas: object;
    readonly securitySchemes: object;
  };
}

const SECRET = 'a secret of thirty-two characters.';

async function withJwt(): Promise<Record<string, string>> {
  const jwt = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h');
  return { authorization: `Bearer ${await jwt.sign(Buffer.from(SECRET))}` };
}

let upstream: Upstream;
let serving: Serving;
let closed: Serving;
let document: OpenApi;
let closedDocument: OpenApi;
/** Changed by a test to make upstream fail. */
const answer: Reply = {};

beforeAll(async () => {
  upstream = await startUpstream({ ...USUAL, script: { '/messages/current-period': answer } });
  const source = ['--source', upstream.url, '--messages-ttl', '1ms', '--retries', '0'];
  serving = await startServe([...source, '--rate-limit', 'off']);
  closed = await startServe(['--source', 'sample', '--rate-limit', '3/1h'], { O_COPILOT_JWT_SECRET: SECRET });
  document = JSON.parse((await ask(serving, '/openapi.json')).body);
  closedDocument = JSON.parse((await ask(closed, '/openapi.json', await withJwt())).body);
});
afterAll(async () => {
  await Promise.all([serving.stop(), closed.stop()]);
  await upstream.close();
});

/** Headers that HTTP itself has in any message. */
const OF_HTTP = ['date', 'connection', 'keep-alive', 'content-type', 'content-length', 'transfer-encoding'];
/** Bodies that are no JSON are taken by their media type alone. */
const IS_JSON = /[/+]json$/;
/** By the schema's text: most are in the document many times. */
const validators = new Map<string, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: false });
  addFormats.default(ajv);
  // What schemas refer to is the same in every service.
  const validate = ajv.compile({ ...schema, components: document.components });
  validators.set(text, validate);
  return validate;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function ask(
  service: Pick<Serving, 'url'>,
  address: string,
  headers: Record<string, string> = {},
  method = 'GET',
  tls?: { readonly ca: Buffer; readonly key?: string; readonly cert?: string },
) {
  const get = tls === undefined ? httpGet : httpsGet;
  const request = get(`${service.url}${address}`, { headers, method, agent: false, ...tls });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const { 'content-encoding': coding } = response.headers;
  const unpack = coding === 'gzip' ? gunzipSync : coding === 'br' ? brotliDecompressSync : Buffer.from;
  const body = bytes.length === 0 ? '' : unpack(bytes).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** Checks status, headers and body of an answer against what the document says of `path`. */
function expectDescribed(
  path: string,
  { status, headers, body }: Answer,
  method: 'get' | 'head' = 'get',
  { paths, components } = document,
): void {
  const response = paths[path]?.[method]?.responses[status];
  expect(response, `${method} ${path} ${status}`).toBeDefined();
  const described =
    response?.$ref === undefined ? response : components.responses[response.$ref.split('/').at(-1) ?? ''];
  for (const [name, value] of Object.entries(headers)) {
    if (OF_HTTP.includes(name)) continue;
    const schema = described?.headers?.[name]?.schema;
    expect(schema, `${path} ${status} ${name}`).toBeDefined();
    const validate = validatorOf(Object(schema));
    const isNumber = 'type' in Object(schema) && Object(schema).type === 'integer';
    validate(isNumber ? Number(value) : value);
    expect(validate.errors, `${path} ${status} ${name}: ${value}`).toBeNull();
  }
  if (method === 'head') {
    expect(body).toBe('');
    return;
  }
  const type = (headers['content-type'] ?? '').replace(/;.*/, '');
  if (status === 304 || status === 307) {
    expect([type, body]).toEqual(['', '']);
    return;
  }
  const schema = described?.content?.[type]?.schema;
  expect(schema, `${path} ${status} ${type}`).toBeDefined();
  const validate = validatorOf(Object(schema));
  validate(IS_JSON.test(type) ? JSON.parse(body) : body);
  expect(validate.errors).toBeNull();
}

const parametersOf = (path: string) =>
  (document.paths[path]?.get.parameters ?? []).filter(({ in: place }) => place === 'query');

test(`${KIND}: it is OpenAPI 3.1 and has every address with GET and HEAD`, () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const addresses = ['/', '/docs', '/health', '/metrics', '/openapi.json', '/ready', '/summary', '/usage'];
  expect(Object.keys(document.paths).sort()).toEqual([...addresses, '/usage/{message_id}']);
  for (const operations of Object.values(document.paths))
    expect(Object.keys(operations)).toEqual(['get', 'head']);
  const named = Object.keys(document.paths).map((path) => [path, parametersOf(path).map(({ name }) => name)]);
  const filters = ['since', 'until', 'timezone', 'report', 'kind'];
  expect(Object.fromEntries(named)).toMatchObject({
    '/': ['timezone'],
    '/health': [],
    '/summary': [...filters, 'by', 'format'],
    '/usage': [...filters, 'fields', 'sort', 'desc', 'limit', 'offset', 'cursor', 'format'],
    '/usage/{message_id}': [],
  });
});

describe(`${KIND}: each status is described, with its headers and body`, () => {
  const CASES: readonly (readonly [
    path: string,
    address: string,
    status: number,
    headers?: Record<string, string>,
  ])[] = [
    ['/usage', '/usage', 200],
    ['/usage', '/usage?limit=1', 200],
    ['/usage', '/usage?format=csv', 200, { 'accept-encoding': 'br' }],
    ['/usage', '/usage', 304, { 'if-none-match': '*' }],
    ['/usage', '/usage?limit=x', 400],
    ['/usage', '/usage?broken', 400],
    ['/usage', '/usage', 406, { accept: 'image/png' }],
    ['/usage', '/usage', 406, { 'accept-encoding': '*;q=0' }],
    ['/usage/{message_id}', '/usage/1000', 200],
    ['/usage/{message_id}', '/usage/1002', 200],
    ['/usage/{message_id}', '/usage/1000', 304, { 'if-none-match': '*' }],
    ['/usage/{message_id}', '/usage/7', 404],
    ['/usage/{message_id}', '/usage/x', 400],
    ['/summary', '/summary?by=day', 200],
    ['/summary', '/summary?by=week,month', 200],
    ['/summary', '/summary?by=kind,report&since=2030-01-01&until=2030-01-02', 200],
    ['/summary', '/summary?by=x', 400],
    ['/', '/', 200, { 'accept-encoding': 'gzip' }],
    ['/', '/', 304, { 'if-none-match': '*' }],
    ['/health', '/health', 200],
    ['/ready', '/ready', 200],
    ['/metrics', '/metrics', 200],
    ['/metrics', '/metrics', 200, { 'accept-encoding': 'gzip' }],
    ['/openapi.json', '/openapi.json', 200],
    ['/openapi.json', '/openapi.json', 304, { 'if-none-match': '*' }],
    ['/docs', '/docs', 307],
    ['/usage', '/usage', 421, { host: 'evil.example' }],
    ['/usage', '/usage', 502],
    ['/usage/{message_id}', '/usage/1000', 502],
    ['/summary', '/summary', 502],
    ['/', '/', 502],
    ['/ready', '/ready', 503],
  ];
  test.each(CASES.map(([path, address, status, headers = {}]) => ({ path, address, status, headers })))(
    '$path: $address $headers is a $status',
    async ({ path, address, status, headers }) => {
      answer.status = status >= 500 ? 500 : 200;
      // So that upstream has failed lately as well.
      if (status >= 500) await serving.get('/usage');
      const found = await ask(serving, address, headers);
      expect(found.status).toBe(status);
      // What was sent is not sent back at length.
      if (status === 400) expect(found.body.length).toBeLessThan(600);
      expectDescribed(path, found);
      const head = await ask(serving, address, headers, 'HEAD');
      expect(head.status).toBe(status);
      expectDescribed(path, head, 'head');
      answer.status = 200;
    },
  );

  test('405 of other methods, 401 and 429 of who may not ask', async () => {
    for (const path of Object.keys(document.paths)) {
      const address = path.replace('{message_id}', '1000');
      const post = await ask(serving, address, {}, 'POST');
      expect(post.status).toBe(405);
      expectDescribed(path, post);
    }
    const seen = new Set<number>();
    for (let turn = 0; turn < 4; turn++) {
      const refused = await ask(closed, '/ready');
      seen.add(refused.status);
      expectDescribed('/ready', refused, 'get', closedDocument);
      expectDescribed('/usage', refused, 'get', closedDocument);
    }
    expect([...seen]).toEqual([401, 429]);
  });
});

describe(`${KIND}: what is rarely answered is described as well`, () => {
  /** A service of its own over `options`, for as long as `use` takes. */
  async function serveFor(
    options: UpstreamOptions,
    flags: readonly string[],
    use: (service: Serving) => Promise<void>,
  ): Promise<void> {
    const source = await startUpstream(options);
    const own = await startServe(['--source', source.url, '--retries', '0', ...flags]);
    try {
      await use(own);
    } finally {
      await own.stop();
      await source.close();
    }
  }

  /** GET and HEAD. Gives the code of the problem. */
  async function expectProblem(service: Serving, path: string, address: string, status: number) {
    const found = await ask(service, address);
    expect(found.status).toBe(status);
    expectDescribed(path, found);
    expectDescribed(path, await ask(service, address, {}, 'HEAD'), 'head');
    expect(found.headers['cache-control']).toBe('no-store');
    const problem = JSON.parse(found.body);
    expect(problem).toMatchObject({ status, instance: found.headers['x-request-id'] });
    return problem.code;
  }

  test('403: a connection that has not shown a certificate', async () => {
    const { caFile, issue, folder, remove } = await makeAuthority();
    const own = await startServe(['--source', 'sample', ...(await tlsFlags({ caFile, issue, folder }))]);
    try {
      const target = { url: own.url.replace('127.0.0.1', 'localhost') };
      const ca = readFileSync(caFile);
      const known = { ca, ...(await issue('client')) };
      const own403: OpenApi = JSON.parse((await ask(target, '/openapi.json', {}, 'GET', known)).body);
      for (const path of Object.keys(document.paths).filter((each) => each !== '/health')) {
        const address = path.replace('{message_id}', '1000');
        const found = await ask(target, address, {}, 'GET', { ca });
        expect([path, found.status, found.headers.connection]).toEqual([path, 403, 'close']);
        expectDescribed(path, found, 'get', own403);
        expect(JSON.parse(found.body).code).toBe('certificate_needed');
        const head = await ask(target, address, {}, 'HEAD', { ca });
        expect(head.status).toBe(403);
        expectDescribed(path, head, 'head', own403);
      }
    } finally {
      await own.stop();
      await remove();
    }
  });

  test('409: an id that occurs several times', async () => {
    const messages = [...USUAL.messages.messages, USUAL.messages.messages[1]];
    await serveFor({ ...USUAL, messages: { messages } }, ['--duplicates', 'keep'], async (own) => {
      expect(await expectProblem(own, '/usage/{message_id}', '/usage/1001', 409)).toBe('ambiguous');
      expect((await own.get('/usage/1000')).status).toBe(200);
    });
  });

  test('410: a page after one whose rows have moved', async () => {
    const messages = [...USUAL.messages.messages];
    const script = {
      '/messages/current-period': [{}, { body: { messages: messages.toReversed() } }],
    };
    await serveFor({ ...USUAL, script }, ['--messages-ttl', '1ms'], async (own) => {
      const next = nextPage(await own.get('/usage?limit=2')) ?? '';
      expect(next).toContain('cursor=');
      expect(await expectProblem(own, '/usage', next, 410)).toBe('cursor_gone');
    });
  });

  test('the budget of an open period, as summary --json has it', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const messages = ['01', '01'].map((day, id) => ({
      id,
      timestamp: `${month}-${day}T00:00:00Z`,
      text: 'a',
    }));
    const upstream = await startUpstream({ ...USUAL, messages: { messages } });
    const source = ['--source', upstream.url];
    const own = await startServe([...source, '--budget', '1.5']);
    try {
      for (const query of ['by=kind', 'by=day&since=2000-01-01', 'by=day&until=2000-01-01']) {
        const found = await ask(own, `/summary?${query}`);
        expectDescribed('/summary', found);
        const { as_of: asOf, budget } = JSON.parse(found.body).summary;
        expect(budget?.status).toBe(query.includes('until') ? undefined : 'over');
        const words = query.split('&').flatMap((each) => `--${each}`.split('='));
        const run = await runMain([
          'summary',
          ...words,
          ...source,
          '--budget=1.5',
          '--as-of',
          asOf,
          '--json',
        ]);
        expect(found.body).toBe(run.stdout);
      }
    } finally {
      await Promise.all([own.stop(), upstream.close()]);
    }
  });

  test('504: upstream that is silent, at every address that needs it', async () => {
    const script = { '/messages/current-period': { never: true } } as const;
    await serveFor({ ...USUAL, script }, ['--deadline', '300ms'], async (own) => {
      for (const path of ['/', '/usage', '/usage/{message_id}', '/summary']) {
        const address = path.replace('{message_id}', '1000');
        expect(await expectProblem(own, path, address, 504)).toBe('upstream_timeout');
      }
      const ready = await ask(own, '/ready');
      expect(ready.status).toBe(503);
      expectDescribed('/ready', ready);
    });
  });

  test('503: a period beyond --max-memory, and 400: a report that is two', async () => {
    const texts = { messages: manyMessages(60_000) };
    await serveFor({ messages: texts }, ['--max-memory', '1m'], async (own) => {
      const refused = await ask(own, '/usage');
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
      expectDescribed('/usage', refused);
      expect(await expectProblem(own, '/summary', '/summary', 503)).toBe('overloaded');
    });
    const messages = manyMessages(2, (index) => ({ report_id: index === 0 ? 7 : 9 }));
    const reports = {
      7: { id: 7, name: 'Seven', credit_cost: 1 },
      9: { id: 9, name: '7', credit_cost: 2 },
    };
    await serveFor({ messages: { messages }, reports }, [], async (own) => {
      for (const path of ['/usage', '/summary']) {
        const found = await ask(own, `${path}?report=7`);
        expectDescribed(path, found);
        expect(found.status).toBe(400);
        expect(JSON.parse(found.body)).toMatchObject({
          parameter: 'report',
          detail: 'report: 7 is the id of one report and the name of report 9; say id:7 or name:7',
        });
      }
      expect((await own.get('/usage?report=id:7')).status).toBe(200);
      expect((await own.get('/usage?report=name:7')).status).toBe(200);
    });
  });
});

/** TLS with client certificates of the authority. */
async function tlsFlags({ caFile, folder, issue }: Pick<Authority, 'caFile' | 'folder' | 'issue'>) {
  await issue('server');
  const [cert, key] = [join(folder, '1.pem'), join(folder, '1.key')];
  return ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', caFile];
}

describe(`${KIND}: the credentials it names are those that a request needs`, () => {
  const TOKEN = 'a-token-of-thirty-two-characters';
  const bearer = { authorization: `Bearer ${TOKEN}` };
  let authority: Authority;
  let tls: readonly string[];
  let tokens: string;

  beforeAll(async () => {
    authority = await makeAuthority();
    tls = await tlsFlags(authority);
    tokens = join(authority.folder, 'tokens');
    writeFileSync(tokens, `probe sha256:${createHash('sha256').update(TOKEN).digest('hex')}\n`);
  });
  afterAll(() => authority.remove());

  interface Case {
    readonly what: string;
    flags?(): readonly string[];
    env?(): Record<string, string>;
    readonly security: readonly object[];
    readonly refusal?: number;
    readonly open?: readonly string[];
  }
  const CASES: readonly Case[] = [
    { what: 'none', security: [] },
    { what: '--tokens', flags: () => ['--tokens', tokens], security: [{ bearer: [] }], refusal: 401 },
    {
      what: 'O_COPILOT_TOKENS',
      env: () => ({ O_COPILOT_TOKENS: tokens }),
      security: [{ bearer: [] }],
      refusal: 401,
    },
    {
      what: '--tokens with --open-metrics',
      flags: () => ['--tokens', tokens, '--open-metrics'],
      security: [{ bearer: [] }],
      refusal: 401,
      open: ['/metrics'],
    },
    { what: '--tls-client-ca', flags: () => tls, security: [{ certificate: [] }], refusal: 403 },
    {
      what: '--tls-client-ca and --tokens',
      flags: () => [...tls, '--tokens', tokens],
      security: [{ bearer: [], certificate: [] }],
      refusal: 403,
    },
  ];

  test.each(CASES)('$what', async ({ flags, env, security, refusal, open = [] }) => {
    const own = await startServe(['--source', 'sample', ...(flags?.() ?? [])], env?.());
    try {
      const isTls = own.url.startsWith('https:');
      const target = { url: own.url.replace('127.0.0.1', 'localhost') };
      const ca = readFileSync(authority.caFile);
      const stranger = isTls ? { ca } : undefined;
      const known = isTls ? { ca, ...(await authority.issue('client')) } : undefined;
      const described: OpenApi = JSON.parse((await ask(target, '/openapi.json', bearer, 'GET', known)).body);
      expect(described.security).toEqual(security);
      const needed = Object.keys(security[0] ?? {});
      expect(Object.keys(described.components.securitySchemes)).toEqual(needed);
      for (const [path, { get, head }] of Object.entries(described.paths)) {
        const isOpen = refusal === undefined || path === '/health' || open.includes(path);
        const refused = await ask(target, path.replace('{message_id}', '1000'), {}, 'GET', stranger);
        expect([path, refused.status === refusal]).toEqual([path, !isOpen]);
        for (const operation of [get, head]) {
          expect([path, (operation.security ?? security).length > 0]).toEqual([path, !isOpen]);
          expect([path, '401' in operation.responses]).toEqual([path, !isOpen && needed.includes('bearer')]);
          expect([path, '403' in operation.responses]).toEqual([
            path,
            !isOpen && needed.includes('certificate'),
          ]);
        }
        if (refusal !== 401 || isOpen) continue;
        expect(refused.headers['www-authenticate']).toBe('Bearer');
        expect(JSON.parse(refused.body)).toMatchObject({ status: 401, code: 'unauthorized' });
        expectDescribed(path, refused, 'get', described);
        const admitted = await ask(target, path.replace('{message_id}', '1000'), bearer);
        expect([path, admitted.status < 400]).toEqual([path, true]);
      }
    } finally {
      await own.stop();
    }
  });
});

describe(`${KIND}: any query`, () => {
  const near = constantFrom(
    '',
    '0',
    '1',
    '3',
    '-1',
    '007',
    '1e3',
    '2024-04-29',
    '2024-04-29T03:25:03Z',
    'UTC',
    'Europe/London',
    'true',
    'report',
    'kind,day',
    'day',
    'credits_used',
    'csv',
    'json',
    '5392',
    'Tenant Obligations Report',
    '__proto__',
    '%',
    '\u0000',
    '💶',
  );
  const value = oneof(near, string({ unit: 'binary', maxLength: 30 }));
  const names = [
    'since',
    'until',
    'timezone',
    'report',
    'kind',
    'sort',
    'desc',
    'limit',
    'offset',
    'cursor',
    'format',
    'by',
    'x',
    '__proto__',
    'constructor',
    'by[]',
  ];
  const query = array(tuple(constantFrom(...names), value), { maxLength: 4 });
  const headers = record({
    accept: option(
      constantFrom('*/*', 'text/csv', 'application/json;q=0', 'image/png', ',,;', 'text/*;q=x'),
      { nil: undefined },
    ),
    'accept-encoding': option(
      constantFrom('gzip', 'br', '*', 'identity;q=0', '*;q=0', 'gzip;q=0, br;q=0.1', ';;,', 'deflate'),
      { nil: undefined },
    ),
    'if-none-match': option(constantFrom('*', '"x"', 'W/"x", ', '"'), { nil: undefined }),
  });
  const path = constantFrom(
    '/',
    '/usage',
    '/usage/1000',
    '/usage/1002',
    '/usage/7',
    '/summary',
    '/health',
    '/ready',
    '/openapi.json',
    '/docs',
  );
  const method = constantFrom('get', 'head');

  test('any answer is one that the document describes, and no bug', { timeout: 60_000 }, async () => {
    await check(
      asyncProperty(path, query, headers, method, async (address, pairs, given, verb) => {
        const search = pairs
          .map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('='))
          .join('&');
        const set = Object.fromEntries(
          Object.entries(given).flatMap(([name, each]) => (each === undefined ? [] : [[name, each]])),
        );
        const found = await ask(serving, `${address}?${search}`, set, verb.toUpperCase());
        expect(found.status).not.toBe(500);
        const described = /^\/usage\/\d/.test(address) ? '/usage/{message_id}' : address;
        expectDescribed(described, found, verb === 'head' ? 'head' : 'get');
      }),
      { numRuns: 200 },
    );
  });

  /** Texts that every parameter of the kind may or may not take. */
  const TRIED: Readonly<Record<string, readonly string[]>> = {
    integer: ['0', '7', '9007199254740991', '9007199254740992', '-1', '1.5', '1e3', '', 'x'],
    boolean: ['true', 'false', 'yes', '1'],
    array: ['day', 'kind', 'day,kind', 'year', 'day,', ''],
    enum: ['', 'x', 'REPORT'],
  };

  test('a value is refused exactly where its schema refuses it', async () => {
    for (const address of ['/usage', '/summary', '/']) {
      for (const { name, schema } of parametersOf(address)) {
        const { type, enum: choices }: { type: string; enum?: readonly string[] } = Object(schema);
        if (type === 'string' && choices === undefined) continue;
        const tried = [...(choices ?? []), ...(TRIED[choices === undefined ? type : 'enum'] ?? [])];
        for (const each of tried) {
          const validate = validatorOf(schema);
          const parsed =
            type === 'integer' && each !== '' ? Number(each) : type === 'boolean' ? readBoolean(each) : each;
          const allowed = validate(type === 'array' ? [each] : parsed);
          const search = `${name}=${each}${name === 'desc' ? '&sort=kind' : ''}`;
          const { status } = await serving.get(`${address}?${search}`);
          expect([search, status === 200]).toEqual([search, plainDigits(type, each) && allowed]);
        }
      }
    }
  });
  /** In a query 1e3 is a number for JSON Schema, but no whole number for people. */
  const plainDigits = (type: string, each: string) => type !== 'integer' || /^\d+$/.test(each);
  const readBoolean = (each: string) => (each === 'true' ? true : each === 'false' ? false : each);
});

describe('fault E15 (a parameter that takes a list is given as a list or several times)', () => {
  test.each(['by=day&by=kind', 'by=day,kind', 'by=day%2Ckind'])('?%s', async (search) => {
    const reply = await serving.get(`/summary?${search}`);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ summary: { by: ['day', 'kind'] } });
  });

  test.each([
    ['by=day&by=kind&by=week', 'two at the most'],
    ['by=day&by=day', 'by:'],
    ['by=day&by=', 'by: expected'],
    ['by=day&by=kind&format=csv&format=csv', 'format: is given twice'],
  ])('?%s is a 400', async (search, detail) => {
    const reply = await serving.get(`/summary?${search}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ detail: expect.stringContaining(detail) });
  });
});

describe('fault E15 (what docs/service.md names is there)', () => {
  const pages = ['docs/service.md', 'docs/coming-from-the-first-service.md'];
  const code = pages.flatMap(inlineCodeOf);
  const addresses = new Set(
    code.flatMap((each) => /^(?:GET )?(\/[\w./{}]*(?:\?\S*)?)$/.exec(each)?.[1] ?? []),
  );

  test('there are addresses in it', () => {
    expect(addresses.size).toBeGreaterThanOrEqual(Object.keys(document.paths).length);
  });

  test.each([...addresses])('%s', async (address) => {
    const { status } = await serving.get(address.replace('{message_id}', '1000'));
    expect([200, 307]).toContain(status);
  });

  test('parameters, metrics and variables', async () => {
    const list = code.find((each) => each.startsWith('since until '))?.split(' ') ?? [];
    expect(list.length).toBeGreaterThan(5);
    const known = parametersOf('/usage').map(({ name }) => name);
    expect(list.filter((name) => !known.includes(name))).toEqual([]);
    const metrics = await (await serving.get('/metrics')).text();
    for (const name of code.filter((each) => /^(o_copilot|http|nodejs|process)_\w+$/.test(each)))
      expect(metrics).toContain(`# TYPE ${name} `);
    const { stdout } = await runMain(['help', 'environment']);
    const variables = code.flatMap((each) => each.match(/\b(?:O_COPILOT|LOG)_[A-Z_]+\b/g) ?? []);
    expect(variables.filter((name) => !stdout.includes(name))).toEqual([]);
  });
});
