import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { USUAL } from '../process/period.js';
import { type Reply, startUpstream, type Upstream } from '../upstream.js';
import { type Serving, startServe } from './start-serve.js';

let upstream: Upstream;
let serving: Serving;
let document: Record<string, unknown>;
/** Changed by the test to make upstream fail. */
const answer: Reply = {};

beforeAll(async () => {
  upstream = await startUpstream({ ...USUAL, script: { '/messages/current-period': answer } });
  serving = await startServe(['--source', upstream.url, '--messages-ttl', '1ms', '--retries', '0']);
  document = JSON.parse(await (await serving.get('/openapi.json')).text());
});
afterAll(async () => {
  await serving.stop();
  await upstream.close();
});

/** Follows names into the document, and `4xx` where it has no such status. */
function at(...names: string[]): unknown {
  return names.reduce<unknown>((value, name) => {
    const members: Record<string, unknown> = Object(value);
    return members[name] ?? members[`${name[0]}xx`] ?? members[`${name[0]}XX`];
  }, document);
}

test('is OpenAPI 3.1 and lists every address of the contract', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(Object.keys(Object(document.paths)).sort()).toEqual([
    '/health',
    '/ready',
    '/summary',
    '/usage',
    '/usage/{message_id}',
  ]);
  const parameters = at('paths', '/usage', 'get', 'parameters');
  const names = Array.isArray(parameters) ? parameters.map(({ name }) => name) : [];
  expect(names.sort()).toEqual(
    [
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
    ].sort(),
  );
});

test.each([
  ['/usage', '/usage', 200],
  ['/usage?limit=1', '/usage', 200],
  ['/usage?limit=x', '/usage', 400],
  ['/usage/1000', '/usage/{message_id}', 200],
  ['/usage/1002', '/usage/{message_id}', 200],
  ['/usage/7', '/usage/{message_id}', 404],
  ['/summary?by=day', '/summary', 200],
  ['/summary?by=kind,report&since=2030-01-01&until=2030-01-02', '/summary', 200],
  ['/summary?by=x', '/summary', 400],
  ['/health', '/health', 200],
  ['/ready', '/ready', 200],
  ['/usage?broken', '/usage', 400],
  ['/usage', '/usage', 502],
  ['/summary', '/summary', 502],
  ['/ready', '/ready', 503],
])('%s replies what %s promises for a %i', async (address, path, status) => {
  answer.status = status >= 500 ? 500 : 200;
  // So that upstream has failed lately as well.
  if (status >= 500) await serving.get('/usage');
  const reply = await serving.get(address);
  expect(reply.status).toBe(status);
  const type = (reply.headers.get('content-type') ?? '').replace(/;.*/, '');
  const schema = at('paths', path, 'get', 'responses', `${status}`, 'content', type, 'schema');
  expect(schema).toBeTypeOf('object');
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(Object(schema));
  validate(await reply.json());
  expect(validate.errors).toBeNull();
});
