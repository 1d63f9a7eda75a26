import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMain } from '../process/run-main.js';
import { nextPage, type Serving, startServe } from './start-serve.js';

const SAMPLE = ['--source', 'sample'];
const PRICE = ['--credit-price', '0.0213', '--currency', 'GBP'];

describe('costs over HTTP are the bytes of the command line', () => {
  let priced: Serving;
  let plain: Serving;
  beforeAll(async () => {
    [priced, plain] = await Promise.all([startServe([...SAMPLE, ...PRICE]), startServe(SAMPLE)]);
  });
  afterAll(() => Promise.all([priced.stop(), plain.stop()]));

  test.each([
    ['/usage', ['usage', '--json']],
    ['/usage?fields=message_id,cost,currency', ['usage', '--json', '--fields', 'message_id,cost,currency']],
    ['/usage?fields=cost&fields=date&format=csv', ['usage', '--csv', '--fields', 'cost,date']],
    [
      '/usage?fields=report_id,kind&kind=report',
      ['usage', '--json', '--fields', 'report_id,kind', '--kind', 'report'],
    ],
    ['/summary?by=kind', ['summary', '--json', '--by', 'kind']],
    ['/summary?by=kind&format=csv', ['summary', '--csv', '--by', 'kind']],
    ['/usage/1002', ['explain', '1002', '--json']],
  ])('%s', async (path, words) => {
    const [reply, run] = await Promise.all([priced.get(path), runMain([...words, ...SAMPLE, ...PRICE])]);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toBe(run.stdout);
  });

  test('the next page has the same fields', async () => {
    const first = await priced.get('/usage?fields=cost&limit=1');
    const next = nextPage(first);
    expect(next).toContain('fields=cost');
    expect(await (await priced.get(next ?? '')).json()).toEqual({ usage: [{ cost: 1.6827 }] });
  });

  test.each([
    ['cost', 'cost needs the price of a credit'],
    ['message_id,currency', 'currency needs the price of a credit'],
    ['text', 'expected one of'],
    ['costs', 'did you mean cost'],
    ['kind,kind', 'expected each name once'],
  ])('?fields=%s is refused without a price, or never shown', async (fields, problem) => {
    const reply = await plain.get(`/usage?fields=${fields}`);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      parameter: 'fields',
      detail: expect.stringContaining(problem),
    });
  });
});
