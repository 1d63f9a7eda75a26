import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayText } from '../../src/calendar/days.js';
import { startServe } from '../service/start-serve.js';
import { inFolder, type Outcome } from './run.js';
import { runMain } from './run-main.js';

const APRIL = '2024-04-30T23:59:59.9999999Z';
/** The same kind: one digit more than milliseconds, than nanoseconds, than a double holds; also behind an offset. */
const LATE = [
  APRIL,
  '2024-04-30T23:59:59.9999Z',
  '2024-04-30T23:59:59.9999999999Z',
  `2024-04-30T23:59:59.${'9'.repeat(60)}Z`,
  '2024-05-01T05:44:59.99999999999999999+05:45',
];
const MAY = '2024-05-01T00:00:00.0000000Z';
const rates = (change: object) => ({
  base: 1,
  character: 0.05,
  short_word: 0.1,
  medium_word: 0.2,
  long_word: 0.3,
  third_vowel: 0.3,
  over_length: 5,
  unique_words_bonus: 2,
  minimum: 1,
  palindrome_factor: 2,
  thresholds: { medium_from: 4, long_from: 8, length_limit: 100 },
  ...change,
});
const CARD = {
  rates: [rates({ valid_from: '2024-01-01' }), rates({ valid_from: '2024-05-01', base: 99, minimum: 99 })],
};
const document = (times: readonly string[]) =>
  JSON.stringify({ messages: times.map((timestamp, id) => ({ id, timestamp, text: '' })) });

/** Runs on messages at these times whose ids are their places, with a card that begins on 1 January and on 1 May. */
function run(times: readonly string[], ...args: string[]): Promise<Outcome> {
  return inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'm.json'), document(times));
    writeFileSync(join(cwd, 'rates.json'), JSON.stringify(CARD));
    const outcome = await runMain([...args, '--source', 'm.json'], { cwd });
    expect(outcome).toMatchObject({ stderr: '', status: 0 });
    return outcome;
  });
}
const lines = ({ stdout }: Outcome) => stdout.split('\r\n').slice(1, -1);
const ids = (outcome: Outcome) => lines(outcome).map((line) => Number(line.split(',')[0]));

/** What FOCUS needs to be whole. */
const PAID = ['--credit-price', '0.02', '--currency', 'GBP', '--account-id', 'a'];

describe('fault A1 (instants are exact at any precision)', () => {
  test('summary: the last moment of April is in April, in its week and its day', async () => {
    for (const [by, names] of [
      ['month', ['2024-04', '2024-05']],
      ['day', ['2024-04-30', '2024-05-01']],
    ] as const) {
      const groups = lines(await run([...LATE, MAY], 'summary', '--csv', '--by', by));
      expect(groups.map((line) => line.split(',').slice(0, 2))).toEqual([
        [names[0], '5'],
        [names[1], '1'],
      ]);
    }
    const week = await run(['2024-04-28T23:59:59.99999999Z'], 'summary', '--csv', '--by', 'week');
    expect(lines(week)).toEqual(['2024-W17,1,1,100.00']);
  });

  test('--until and --since part two months exactly, by dates and by instants', async () => {
    const times = [...LATE, MAY];
    expect(ids(await run(times, '--csv', '--until', '2024-04-30'))).toEqual([0, 1, 2, 3, 4]);
    expect(ids(await run(times, '--csv', '--since', '2024-05-01'))).toEqual([5]);
    expect(ids(await run(times, '--csv', '--until', '2024-05-01T00:00:00Z'))).toEqual([0, 1, 2, 3, 4]);
    expect(ids(await run(times, '--csv', '--until', APRIL))).toEqual([1]);
    expect(ids(await run(times, '--csv', '--since', APRIL))).toEqual([0, 2, 3, 4, 5]);
    const days = await run(times, 'summary', '--csv', '--until', APRIL, '--since', '2024-04-29');
    expect(lines(days).map((line) => line.slice(0, 12))).toEqual(['2024-04-29,0', '2024-04-30,1']);
  });

  test('--sort timestamp orders what no double tells apart, and leaves equal instants as they came', async () => {
    const times = [
      '2024-04-30T23:59:59.99999999999999999992Z',
      '2024-04-30T23:59:59.99999999999999999991Z',
      '2024-05-01T01:59:59.999999999999999999910+02:00',
      '2024-04-30T23:59:59.9999999999999999999Z',
    ];
    expect(ids(await run(times, '--csv', '--sort', 'timestamp'))).toEqual([3, 1, 2, 0]);
    expect(ids(await run(times, '--csv', '--sort', 'timestamp', '--desc'))).toEqual([0, 1, 2, 3]);
  });

  test('rates from a date: usage, explain and price', async () => {
    const usage = await run([...LATE, MAY], '--csv', '--rates', 'rates.json');
    expect(lines(usage).map((line) => line.split(',').at(-1))).toEqual(['1', '1', '1', '1', '1', '99']);
    const explained = await run([APRIL], 'explain', '0', '--json', '--rates', 'rates.json');
    expect(JSON.parse(explained.stdout)).toMatchObject({ explanation: { message_id: 0, credits_used: 1 } });
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'rates.json'), JSON.stringify(CARD));
      const input = `${JSON.stringify({ id: 1, timestamp: APRIL, text: '' })}\n`;
      const priced = await runMain(['price', '--rates', 'rates.json'], { cwd, input });
      expect(JSON.parse(priced.stdout)).toMatchObject({ timestamp: APRIL, credits_used: 1 });
    });
  });

  test('FOCUS: the charge and its billing period', async () => {
    const rows = lines(await run([...LATE, MAY], '--format', 'focus', '--quiet', ...PAID));
    const april = [
      '2024-05-01T00:00:00Z',
      '2024-04-01T00:00:00Z',
      '2024-05-01T00:00:00Z',
      '2024-04-30T23:59:59Z',
    ];
    const may = [
      '2024-06-01T00:00:00Z',
      '2024-05-01T00:00:00Z',
      '2024-05-01T00:00:01Z',
      '2024-05-01T00:00:00Z',
    ];
    const periods = rows.map((row) => [4, 5, 10, 11].map((column) => row.split(',')[column]));
    expect(periods).toEqual([...LATE.map(() => april), may]);
  });

  test('the page: the day of a row, and the first and last message', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), document([MAY, ...LATE]));
      const report = await runMain(['report', 'bill.html', '--source', 'm.json'], { cwd });
      expect(report).toMatchObject({ status: 0 });
      const page = readFileSync(join(cwd, 'bill.html'), 'utf8');
      const [rowsJson = '', metaJson = ''] = Array.from(
        page.matchAll(/data-block="\w+">(.*?)<\/script>/g),
        ([, json]) => json,
      );
      const { day, rows }: { day: number; rows: number[][] } = JSON.parse(rowsJson);
      const days = rows.map((row) => dayText(day + (row[2] ?? Number.NaN)));
      expect(days).toEqual(['2024-05-01', ...LATE.map(() => '2024-04-30')]);
      expect(JSON.parse(metaJson)).toMatchObject({ from: '2024-04-30T23:59:59.9999Z', to: MAY });
    });
  });

  test('diff --total: messages of other months', async () => {
    const times = [...LATE, '2024-04-01T00:00:00Z', MAY];
    const diff = await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), document(times));
      return runMain(['diff', '--total', '6', '--json', '--source', 'm.json'], { cwd });
    });
    expect(diff.stdout).toContain('"month":"2024-04"');
    expect(diff.stdout).toContain('"messages":1,"credits":1,"effect":-1,');
  });

  test('a receipt: the period closes with the month of its last message, and --as-of is exact too', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), document([APRIL]));
      const stateAt = async (asOf: string) => {
        const flags = ['--source', 'm.json', '--output', 'u.json', '--receipt', 'r.json', '--as-of', asOf];
        expect(await runMain(['summary', ...flags], { cwd })).toMatchObject({ status: 0 });
        const { state, as_of } = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'));
        return [state, as_of];
      };
      expect(await stateAt(APRIL)).toEqual(['open', '2024-04-30T23:59:59Z']);
      expect(await stateAt('2024-05-01')).toEqual(['closed', '2024-05-01T00:00:00Z']);
    });
  });

  test('merge and priced rows: the first and the last message', async () => {
    await inFolder(async (cwd) => {
      const parts = [];
      for (const times of [[APRIL], ['2024-04-30T23:59:59.99999999Z', MAY]]) {
        const input = document(times);
        parts.push((await runMain(['summary', '--json', '--source', '-'], { input })).stdout);
      }
      const merged = await runMain(['merge', '--json'], { cwd, input: parts.join('') });
      expect(JSON.parse(merged.stdout).summary).toMatchObject({
        first_message: APRIL,
        last_message: MAY,
        groups: [
          { day: '2024-04-30', messages: 2 },
          { day: '2024-05-01', messages: 1 },
        ],
      });
    });
  });
});

describe('fault A1 (instants are exact at any precision): the service', () => {
  test('/usage, /summary and the page say April', async () => {
    await inFolder(async (cwd) => {
      const source = join(cwd, 'm.json');
      writeFileSync(source, document([...LATE, MAY]));
      const served = await startServe(['--source', source]);
      try {
        const usage = await served.get('/usage?until=2024-04-30&format=csv');
        expect((await usage.text()).split('\r\n')).toHaveLength(LATE.length + 2);
        const summary = await served.get('/summary?by=month&format=csv');
        expect((await summary.text()).split('\r\n').slice(1, 3)).toEqual([
          '2024-04,5,5,83.33',
          '2024-05,1,1,16.67',
        ]);
        const page = await (await served.get('/')).text();
        expect(page).toContain('{"day":19843,');
        expect(page).toContain(`"${APRIL}",0,`);
      } finally {
        await served.stop();
      }
    });
  });
});

describe('fault A3 (a leap second stands only at the end of a month in UTC, in any offset)', () => {
  test.each(['2016-12-31T23:59:60Z', '2017-01-01T05:44:60+05:45', '2016-12-31T12:29:60.5-11:30'])(
    '%s is read, belongs to the day it ends, and is before the next',
    async (time) => {
      const times = ['2017-01-01T00:00:00Z', time, '2016-12-31T23:59:59.999999999Z'];
      expect(ids(await run(times, '--csv', '--sort', 'timestamp'))).toEqual([2, 1, 0]);
      expect(ids(await run(times, '--csv', '--until', '2016-12-31'))).toEqual([1, 2]);
      expect(lines(await run(times, 'summary', '--csv', '--by', 'month'))).toEqual([
        '2016-12,2,2,66.67',
        '2017-01,1,1,33.33',
      ]);
    },
  );

  test.each(['2017-06-15T23:59:60Z', '2016-12-31T23:59:60+01:00', '2016-12-31T11:59:60Z'])(
    '%s is an error of the data',
    async (time) => {
      const outcome = await runMain(['--json', '--source', '-'], { input: document([time]) });
      expect(outcome).toMatchObject({ stdout: '', status: 65 });
      expect(outcome.stderr).toContain('message 0');
    },
  );
});

describe('fault A2 (zones change their offset at any minute)', () => {
  test.each([
    ['America/St_Johns', '2010-11-07T02:35:00Z', '2010-11-06'],
    ['America/St_Johns', '2010-11-07T02:30:30Z', '2010-11-07'],
    ['America/Goose_Bay', '2008-11-02T03:05:00Z', '2008-11-01'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
    ['Pacific/Apia', '2011-12-30T09:59:59.9999999Z', '2011-12-29'],
  ])('in %s %s is on %s, which --since and --until choose', async (zone, time, day) => {
    const flags = ['--csv', '--timezone', zone];
    expect(lines(await run([time], 'summary', ...flags))).toEqual([`${day},1,1,100.00`]);
    expect(ids(await run([time], ...flags, '--since', day, '--until', day))).toEqual([0]);
  });

  test('a day that a zone left out is no empty day, also after a merge', async () => {
    const times = ['2011-12-28T12:00:00Z', '2011-12-31T12:00:00Z'];
    const days = ['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01'];
    const json = await run(times, 'summary', '--json', '--timezone', 'Pacific/Apia');
    const daysOf = ({ stdout }: Outcome): string[] =>
      JSON.parse(stdout).summary.groups.map(({ day }: { day: string }) => day);
    expect(daysOf(json)).toEqual(days);
    expect(daysOf(await runMain(['merge', '--json'], { input: json.stdout }))).toEqual(days);
  });
});

test('years 0 and 9999, and the days beside them that an offset or a zone reaches', async () => {
  const times = [
    '0000-01-01T00:00:00+01:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999Z',
    '9999-12-31T23:59:59-01:00',
  ];
  expect(
    lines(await run(times, 'summary', '--csv', '--by', 'month')).map((line) => line.split(',')[0]),
  ).toEqual(["'-000001-12", '0000-01', '9999-12', "'+010000-01"]);
  expect(ids(await run(times, '--csv', '--until', '9999-12-31', '--since', '0000-01-01'))).toEqual([1, 2]);
  const dates = await run(times, '--csv', '--fields', 'message_id,date', '--timezone', 'Asia/Tokyo');
  expect(lines(dates)).toEqual(['0,0000-01-01', '1,0000-01-01', '2,+010000-01-01', '3,+010000-01-01']);
});
