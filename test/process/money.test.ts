import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { manyMessages } from './period.js';
import { runMain } from './run-main.js';

/** The total that each format gives, and the sum of the rows that CSV shows, for reports of these costs. */
async function totalsOf(costs: readonly string[]) {
  const distinct = [...new Set(costs)];
  const server = await startUpstream({
    messages: {
      messages: manyMessages(costs.length, (index) => ({ report_id: distinct.indexOf(costs[index] ?? '') })),
    },
    reports: Object.fromEntries(
      distinct.map((cost, id) => [id, `{"id":${id},"name":"n","credit_cost":${cost}}`]),
    ),
  });
  try {
    const [table, csv, json, summary] = await Promise.all(
      ['--table', '--csv', '--json']
        .map((format) => runMain([format, '--source', server.url]))
        .concat(runMain(['summary', '--json', '--by', 'kind', '--source', server.url])),
    );
    return {
      table: /Total +([\d.,]+)\n$/.exec(table?.stdout ?? '')?.[1],
      rows: (csv?.stdout ?? '')
        .split('\r\n')
        .slice(1, -1)
        .map((row) => row.split(',')[3] ?? ''),
      json: [...(json?.stdout ?? '').matchAll(/"credits_used":([\d.]+)/g)].map(([, credits]) => credits),
      summary: /"total":\{"messages":\d+,"credits":([\d.]+)/.exec(summary?.stdout ?? '')?.[1],
      shown: [...(table?.stdout ?? '').matchAll(/ n +([\d.,]+)$/gm)].map(([, credits]) => credits),
    };
  } finally {
    await server.close();
  }
}
/** Without the commas and the zeros that a table for people adds. */
const strip = (amount = '') => {
  const digits = amount.replaceAll(',', '');
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
};

describe('amounts', () => {
  test.for([
    [
      'C037 a thousand tiny costs beside a huge one',
      ['100000000000000000', ...Array(1000).fill('0.001')],
      '100000000000000001',
    ],
    ['C074 a thousand costs of 0.004', Array(1000).fill('0.004'), '4'],
    ['C101 ties of a half cent', ['0.005', '0.005', '0.005', '1.005', '2.675'], '3.695'],
    ['C102 a thousand costs of 0.333', Array(1000).fill('0.333'), '333'],
    ['C104 1.144 and 2.144', ['1.144', '2.144'], '3.288'],
    ['C126 a very large cost', ['999999999999.99', '0.01'], '1000000000000'],
    ['C147 numbers that a double cannot carry', ['3.35', '1.005', '2.675', '4.4249'], '11.4549'],
    ['C148 numbers that toFixed rounds wrongly', ['2.675', '9.995', '0.0001'], '12.6701'],
    ['C158 less than a cent', ['0.003', '0.013113'], '0.016113'],
  ] as const)('%s: one exact total everywhere, and the rows that make it', async ([, costs, total]) => {
    const totals = await totalsOf(costs);
    expect(totals.rows).toEqual([...costs]);
    expect(totals.json).toEqual([...costs]);
    expect(strip(totals.table)).toBe(total);
    expect(totals.summary).toBe(total);
    // A row is never shown as less than it is: zeros may follow, nothing is rounded.
    expect(totals.shown.map(strip)).toEqual([...costs].map(strip));
  });

  test('C114 the total is the sum of the rows, for 3 periods of random costs', async () => {
    for (let period = 0; period < 3; period++) {
      const thousandths = Array.from({ length: 30 }, () => Math.floor(Math.random() * 1_000_000));
      const costs = thousandths.map(
        (each) => `${Math.floor(each / 1000)}.${String(each % 1000).padStart(3, '0')}`,
      );
      const sum = thousandths.reduce((all, each) => all + each, 0);
      const { table, summary } = await totalsOf(costs);
      expect(strip(table)).toBe(strip(`${Math.floor(sum / 1000)}.${String(sum % 1000).padStart(3, '0')}`));
      expect(summary).toBe(strip(table));
    }
  });

  test.for([
    ['characters', '12', '1.1'],
    ['words of 1 to 3 characters', 'ab ab', '1.45'],
    ['words of 4 to 7 characters', 'bcdf bcdf', '1.85'],
    ['words of 8 characters or more', 'bcdfghjk bcdfghjk', '2.45'],
    ['third vowels', '1 a a', '1.75'],
    ['100 characters', '12'.repeat(50), '6'],
    ['101 characters', `${'12'.repeat(50)}3`, '11.05'],
    ['unique words', 'bcdfghjk lmnpqrst vwxzbcdg hjklmnpp bcdffghh', '2.7'],
    ['unique words, never below 1', 'ab', '1'],
    ['palindrome', '121', '2.3'],
  ])('C116 C157 the rule "%s", counted by hand', async ([, text, credits]) => {
    const input = JSON.stringify({ messages: [{ id: 1, timestamp: '2024-01-01T00:00:00Z', text }] });
    const run = await runMain(['--ndjson', '--fields', 'credits_used', '--source', '-'], { input });
    expect(run.stdout).toBe(`{"credits_used":${credits}}\n`);
  });

  test('C148 no binary arithmetic on money in the engine', () => {
    const names = readdirSync('src/engine', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    expect(names.length).toBeGreaterThan(10);
    const found = names.filter((name) =>
      /parseFloat|Math\.round|toPrecision/.test(readFileSync(`src/engine/${name}`, 'utf8')),
    );
    expect(found).toEqual([]);
  });
});
