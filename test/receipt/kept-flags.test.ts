import { expect, test } from 'vitest';
import { givenFlags } from '../../src/cli/kept-flags.js';

test('a flag that shapes no bytes is not taken from a receipt', () => {
  const kept = {
    format: 'csv',
    'as-of': '2024-05-01',
    'formula-guard': false,
    by: ['day', 'kind'],
    output: '/etc/passwd',
    source: 'http://127.0.0.1:1/',
    'env-file': '/tmp/evil.env',
    receipt: 'x',
    lock: 'x',
    metrics: 'x',
    rates: 'x',
    stream: true,
    __proto__: 'x',
  };
  expect(givenFlags(kept)).toEqual({
    format: 'csv',
    asOf: '2024-05-01',
    formulaGuard: false,
    by: ['day', 'kind'],
  });
});
