import { describe, expect, test } from 'vitest';
import { declareSummary } from '../../src/cli/commands/summary.js';
import { declareUsage } from '../../src/cli/commands/usage.js';
import { longName, shapingFlags, traitsOf, wordsOf } from '../../src/cli/options/declare.js';
import { createWholeProgram } from '../../src/cli/program.js';
import { RECEIPT_FLAGS } from '../../src/receipt/flags.js';

describe('the flags that a receipt holds', () => {
  test('one that shapes no bytes is not taken from a receipt', () => {
    const flags = {
      format: 'csv',
      since: '2024-05-01',
      'formula-guard': false,
      bom: true,
      desc: false,
      limit: '3',
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
    expect(wordsOf(flags, declareUsage()).sort()).toEqual(
      ['--bom', '--format=csv', '--limit=3', '--no-formula-guard', '--since=2024-05-01'].sort(),
    );
  });

  test('what was given comes back: text as it was written, lists, and both values of a switch', () => {
    const words = [
      '--by=month',
      '--by=kind',
      '--since=2024-05-01',
      '--as-of=2024-06-01',
      '--no-formula-guard',
    ];
    const command = declareSummary();
    command.parse(words, { from: 'user' });
    const flags = shapingFlags(command);
    expect(flags).toEqual({
      by: ['month', 'kind'],
      since: '2024-05-01',
      'as-of': '2024-06-01',
      'formula-guard': false,
    });
    expect(wordsOf(flags, declareSummary()).sort()).toEqual([...words].sort());
  });

  test('they are those that the commands with --receipt declare', async () => {
    const program = await createWholeProgram({ host: process, signal: new AbortController().signal });
    const declared = program.commands
      .filter(({ options }) => options.some(({ long }) => long === '--receipt'))
      .flatMap(({ options }) => options.filter((option) => traitsOf(option).shapes !== undefined));
    expect([...new Set(declared.map(longName))].sort()).toEqual([...RECEIPT_FLAGS].sort());
  });
});
