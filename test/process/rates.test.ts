import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const MESSAGES = {
  messages: [
    { id: 1, timestamp: '2024-12-31T23:59:59.999Z', text: 'abc' },
    { id: 2, timestamp: '2025-01-01T00:00:00Z', text: 'abc' },
    { id: 3, timestamp: '2025-01-01T00:30:00+01:00', text: 'abc' },
  ],
};
const thresholds = { medium_from: 4, long_from: 8, length_limit: 2 };
const card = (change: object = {}) => {
  const zero = { short_word: 0, medium_word: 0, long_word: 0, third_vowel: 0, unique_words_bonus: 0 };
  const entry = {
    ...zero,
    base: 1,
    character: '0.001',
    over_length: 0,
    minimum: 0,
    palindrome_factor: 2,
    thresholds,
  };
  return {
    rates: [
      { ...entry, valid_from: '2024-01-01' },
      { ...entry, valid_from: '2025-01-01', over_length: 100, ...change },
    ],
  };
};

/** Runs with a messages file `m.json` and a card `rates.json` in the working folder. */
function withCard<Result>(content: unknown, use: (folder: string) => Promise<Result>): Promise<Result> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'm.json'), JSON.stringify(MESSAGES));
    writeFileSync(join(folder, 'rates.json'), JSON.stringify(content));
    return use(folder);
  });
}

test('each message is priced by the rates in force at its own time', async () => {
  await withCard(card(), async (cwd) => {
    const run = await runMain(['--csv', '--source', 'm.json', '--rates', 'rates.json'], { cwd });
    expect(run).toMatchObject({ stderr: '', status: 0 });
    expect(run.stdout.split('\r\n').map((line) => line.split(',').at(-1))).toEqual([
      'credits_used',
      '1.003',
      '101.003',
      '1.003',
      '',
    ]);
    const summary = await runMain(['summary', '--json', '--source', 'm.json', '--rates', 'rates.json'], {
      cwd,
    });
    expect(JSON.parse(summary.stdout).summary.total.credits).toBe(103.009);
  });
});

test('explain uses the same rates and says their lengths', async () => {
  await withCard(card(), async (cwd) => {
    const explain = (...words: string[]) => runMain(['explain', ...words, '--rates', 'rates.json'], { cwd });
    const [first, second, text] = await Promise.all([
      explain('1', '--source', 'm.json', '--json'),
      explain('2', '--source', 'm.json'),
      explain('--text', 'abc', '--json'),
    ]);
    expect(JSON.parse(first.stdout).explanation.credits_used).toBe(1.003);
    expect(second.stdout).toContain('More than 2 characters');
    expect(second.stdout).toContain('101.003');
    expect(JSON.parse(text.stdout).explanation.credits_used).toBe(101.003);
  });
});

test('rates prints what is in force, as a table and as a file for --rates', async () => {
  await withCard(card(), async (cwd) => {
    const rates = (...words: string[]) => runMain(['rates', ...words], { cwd });
    const [table, json, published] = await Promise.all([
      rates('--rates', 'rates.json', '--at', '2024-06-01'),
      rates('--rates', 'rates.json', '--at', '2025-01-01', '--json'),
      rates('--json'),
    ]);
    expect(table.stdout).toMatch(/From +2024-01-01\n Until +2025-01-01\n/);
    expect(table.stdout).toMatch(/Each character +0\.001\n/);
    expect(JSON.parse(json.stdout).rates).toHaveLength(1);
    writeFileSync(join(cwd, 'published.json'), published.stdout);
    const [byFile, byDefault] = await Promise.all([
      runMain(['--csv', '--source', 'sample', '--rates', 'published.json'], { cwd }),
      runMain(['--csv', '--source', 'sample'], { cwd }),
    ]);
    expect(byFile).toMatchObject({ status: 0, stderr: '' });
    expect(byFile.stdout).toBe(byDefault.stdout);
  });
});

test('a message before the first rates is an error that names it, unless a report prices it', async () => {
  await withCard({ rates: card().rates.slice(1) }, async (cwd) => {
    const run = await runMain(['--csv', '--source', 'm.json', '--rates', 'rates.json'], { cwd });
    expect(run).toMatchObject({ stdout: '', status: 65 });
    expect(run.stderr).toContain('message 1: timestamp: 2024-12-31T23:59:59.999Z is before 2025-01-01');
  });
});

test('a wrong card, a missing one, and another ruleset', async () => {
  await withCard(card({ base: 'free' }), async (cwd) => {
    const usage = (...words: string[]) => runMain(['usage', '--source', 'm.json', ...words], { cwd });
    const [wrong, missing, tokens] = await Promise.all([
      usage('--rates', 'rates.json'),
      usage('--rates', 'none.json'),
      usage('--rates', 'rates.json', '--rules', 'tokens'),
    ]);
    expect(wrong).toMatchObject({ stdout: '', status: 78 });
    expect(wrong.stderr).toContain('rates.json: rates[1].base: expected credits');
    expect(missing).toMatchObject({ stdout: '', status: 66 });
    expect(tokens).toMatchObject({ stdout: '', status: 64 });
  });
});
