import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { runPty } from './pty.js';
import { inFolder, type Outcome, runBin } from './run.js';
import { runMain } from './run-main.js';

const MESSAGES = [
  { id: 1, timestamp: '2024-03-29T22:00:00Z', text: 'Hello olleH', report_id: 77 },
  { id: 2, timestamp: '2024-03-30T23:30:00Z', text: 'Hello olleH' },
  { id: 3, timestamp: '2024-03-31T12:00:00Z', text: '!!!' },
  { id: 4, timestamp: '2024-03-31T23:30:00+02:00', text: '!!!', report_id: 'gone' },
  { id: 5, timestamp: '2024-04-02T08:00:00Z', text: 'x', report_id: 78 },
];
const REPORTS = {
  77: { id: 77, name: 'Lease, short', credit_cost: 0.0000001 },
  78: { id: 78, name: '=SUM(A1)', credit_cost: 100 },
};
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream({ messages: { messages: MESSAGES }, reports: REPORTS });
});
afterAll(() => upstream.close());

const summary = (...flags: string[]): Promise<Outcome> =>
  runMain(['summary', '--source', upstream.url, ...flags]);
const groupsOf = ({ stdout }: Outcome) =>
  stdout
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.replace(/,[^,]*$/, ''));

/** The groups of a made-up period, as CSV without shares. */
async function groupsOfTimes(times: readonly string[], ...flags: string[]): Promise<string[]> {
  const messages = times.map((timestamp, id) => ({ id, timestamp, text: '' }));
  const run = await runMain(['summary', '--source', '-', '--csv', ...flags], {
    input: JSON.stringify({ messages }),
  });
  expect(run).toMatchObject({ stderr: '', status: 0 });
  return groupsOf(run);
}

describe('the document', () => {
  test('says what it is about, shows empty days, and adds up exactly', async () => {
    const run = await summary('--json');
    expect(run.stderr).toBe('');
    expect(
      run.stdout,
    ).toBe(`{"summary":{"source":"${upstream.url}/","period":"current-period","timezone":"UTC","rules":"published","first_message":"2024-03-29T22:00:00Z","last_message":"2024-04-02T08:00:00Z","state":"closed","by":["day"],"groups":[
{"day":"2024-03-29","messages":1,"credits":0.0000001,"share":0.00},
{"day":"2024-03-30","messages":1,"credits":2,"share":1.92},
{"day":"2024-03-31","messages":2,"credits":2.3,"share":2.20},
{"day":"2024-04-01","messages":0,"credits":0,"share":0.00},
{"day":"2024-04-02","messages":1,"credits":100,"share":95.88}
],"total":{"messages":5,"credits":104.3000001}}}
`);
    const usage = await runMain(['usage', '--source', upstream.url]);
    expect(usage.stdout).toContain('Total  104.3000001');
  });

  test('an empty period has no group', async () => {
    const run = await runMain(['summary', '--json', '--source', '-', '--as-of', '2024-05-01T00:00:00Z'], {
      input: '{"messages":[]}',
    });
    expect(JSON.parse(run.stdout).summary).toEqual({
      source: 'stdin',
      period: 'current-period',
      timezone: 'UTC',
      rules: 'published',
      first_message: null,
      last_message: null,
      state: 'open',
      as_of: '2024-05-01T00:00:00Z',
      by: ['day'],
      groups: [],
      total: { messages: 0, credits: 0 },
    });
  });

  test('a month is closed once it is over where the days begin', async () => {
    const stateAt = async (asOf: string, ...flags: string[]) => {
      const run = await summary('--json', '--as-of', asOf, ...flags);
      const { state, as_of } = JSON.parse(run.stdout).summary;
      return [state, as_of];
    };
    expect(await stateAt('2024-04-30T23:59:59Z')).toEqual(['open', '2024-04-30T23:59:59Z']);
    expect(await stateAt('2024-05-01')).toEqual(['closed', '2024-05-01T00:00:00Z']);
    expect(await stateAt('2024-05-01T00:00:00Z', '--timezone', 'America/New_York')).toEqual([
      'open',
      '2024-05-01T00:00:00Z',
    ]);
    const closed = await summary('--json');
    expect(closed.stdout).not.toContain('as_of');
  });

  test('the same command gives the same bytes, whatever the time zone and the locale of the machine', async () => {
    const [here, there] = await Promise.all(
      [
        { TZ: 'UTC', LC_ALL: 'C' },
        { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', COLUMNS: '40' },
      ].map((env) => runBin(['summary', '--source', upstream.url, '--by', 'week'], { env })),
    );
    expect(there?.stdout).toBe(here?.stdout);
  });
});

describe('groups', () => {
  test.each([
    ['week', ['2024-W13,4,4.3000001', '2024-W14,1,100']],
    ['month', ['2024-03,4,4.3000001', '2024-04,1,100']],
    ['kind', ['report,2,100.0000001', 'text,2,3.15', 'missing-report,1,1.15']],
  ])('--by %s', async (by, expected) => {
    expect(groupsOf(await summary('--csv', '--by', by))).toEqual(expected);
  });

  test('reports come by what they cost; a text from upstream is quoted and guarded', async () => {
    const run = await summary('--csv', '--by', 'report');
    expect(run.stdout.split('\r\n')).toEqual([
      'report_id,report_name,messages,credits,share',
      "78,'=SUM(A1),1,100,95.88",
      ',,2,3.15,3.02',
      'gone,,1,1.15,1.10',
      '77,"Lease, short",1,0.0000001,0.00',
      '',
    ]);
    const json = await summary('--ndjson', '--by', 'report');
    expect(json.stdout.split('\n')[0]).toBe(
      '{"report_id":78,"report_name":"=SUM(A1)","messages":1,"credits":100,"share":95.88}',
    );
    expect(json.stdout).toContain('{"report_id":null,"report_name":null,"messages":2,');
    expect(json.stdout).toContain('{"report_id":"gone","report_name":null,"messages":1,');
  });

  test('two groupings: the second breaks down the first, and an empty day is one group', async () => {
    expect(groupsOf(await summary('--csv', '--by', 'day', '--by', 'kind'))).toEqual([
      '2024-03-29,report,1,0.0000001',
      '2024-03-30,text,1,2',
      '2024-03-31,text,1,1.15',
      '2024-03-31,missing-report,1,1.15',
      '2024-04-01,,0,0',
      '2024-04-02,report,1,100',
    ]);
    const byKind = await summary('--ndjson', '--by', 'kind', '--by', 'month');
    expect(byKind.stdout).toContain('{"kind":"report","month":"2024-04","messages":1,"credits":100,');
  });

  test('days begin at midnight of --timezone, on the days of the clock change too', async () => {
    // Berlin: 31 March 2024 has 23 hours, 27 October 25.
    const berlin = ['--timezone', 'Europe/Berlin'];
    const spring = ['2024-03-30T22:59:59.999Z', '2024-03-30T23:00:00Z', '2024-03-31T21:59:59.999999Z'];
    expect(await groupsOfTimes([...spring, '2024-03-31T22:00:00Z'], ...berlin)).toEqual([
      '2024-03-30,1,1',
      '2024-03-31,2,2',
      '2024-04-01,1,1',
    ]);
    const autumn = ['2024-10-26T21:59:59Z', '2024-10-26T22:00:00Z', '2024-10-27T22:59:59Z'];
    expect(await groupsOfTimes([...autumn, '2024-10-27T23:00:00Z'], ...berlin)).toEqual([
      '2024-10-26,1,1',
      '2024-10-27,2,2',
      '2024-10-28,1,1',
    ]);
  });

  test('messages out of order are counted where they belong', async () => {
    const times = ['2024-04-03T00:00:00Z', '2024-04-01T00:00:00Z', '2024-04-03T01:00:00+02:00'];
    expect(await groupsOfTimes(times)).toEqual(['2024-04-01,1,1', '2024-04-02,1,1', '2024-04-03,1,1']);
  });

  test('--since and --until widen the days shown, and rows left out are told', async () => {
    const wide = await summary('--csv', '--since', '2024-03-31', '--until', '2024-04-04');
    expect(groupsOf(wide)).toEqual([
      '2024-03-31,2,2.3',
      '2024-04-01,0,0',
      '2024-04-02,1,100',
      '2024-04-03,0,0',
      '2024-04-04,0,0',
    ]);
    const nothing = await summary('--csv', '--since', '2025-01-01', '--until', '2025-01-02');
    expect(groupsOf(nothing)).toEqual(['2025-01-01,0,0', '2025-01-02,0,0']);
    const text = await summary('--json', '--kind', 'text');
    expect(JSON.parse(text.stdout).summary.total).toEqual({ messages: 2, credits: 3.15, out_of: 5 });
    const table = await summary('--kind', 'text');
    expect(table.stdout).toMatch(/Total +2 of 5 +3\.15 +100\.00 %/);
  });

  describe('fault A4 (a few messages far apart are no error and no thousands of empty rows)', () => {
    const far = (first: string, last: string, ...flags: string[]) => {
      const messages = [first, last].map((timestamp, id) => ({ id, timestamp, text: '' }));
      return runMain(['summary', '--source', '-', ...flags], { input: JSON.stringify({ messages }) });
    };
    const parsed = ({ stdout }: Outcome) => JSON.parse(stdout).summary;

    test('30 years apart: JSON says which days are left out, the table marks them', async () => {
      const times = ['1994-04-29T00:00:00Z', '2024-04-29T00:00:00Z'] as const;
      const json = await far(...times, '--json');
      expect(json).toMatchObject({ stderr: '', status: 0 });
      expect(parsed(json)).toMatchObject({
        groups: [{ day: '1994-04-29' }, { day: '2024-04-29' }],
        empty_spans: [{ first_day: '1994-04-30', last_day: '2024-04-28' }],
        total: { messages: 2 },
      });
      const table = (await far(...times)).stdout.split('\n').map((line) => line.trimEnd());
      expect(table.slice(4)).toEqual([
        ' Day         Messages  Credits     Share',
        '────────────────────────────────────────',
        ' 1994-04-29         1        1   50.00 %',
        ' …',
        ' 2024-04-29         1        1   50.00 %',
        '────────────────────────────────────────',
        ' Total              2        2  100.00 %',
        ' … no messages from 1994-04-30 to 2024-04-28',
        '',
      ]);
    });

    test.each([
      ['a mistyped year', '0204-04-29T00:00:00Z', '2024-04-29T00:00:00Z', []],
      ['all years there are', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', ['--by', 'month']],
      ['weeks of a month', '0204-04-29T00:00:00Z', '2024-04-29T00:00:00Z', ['--by', 'month', '--by', 'week']],
      ['days of a report', '0204-04-29T00:00:00Z', '2024-04-29T00:00:00Z', ['--by', 'report', '--by', 'day']],
      [
        'a wide --since',
        '2024-04-28T00:00:00Z',
        '2024-04-29T00:00:00Z',
        ['--since', '1000-01-01', '--timezone', 'Asia/Tokyo'],
      ],
      ['a wide --until', '2024-04-28T00:00:00Z', '2024-04-29T00:00:00Z', ['--until', '9999-12-31']],
    ])('%s', async (_, first, last, flags) => {
      const json = await far(first, last, '--json', ...flags);
      expect(json).toMatchObject({ stderr: '', status: 0 });
      expect(parsed(json).groups).toHaveLength(2);
      expect(parsed(json).empty_spans).toHaveLength(1);
    });

    test('up to 1,000 empty periods are shown; beyond that the longest span goes first, and merge keeps both', async () => {
      const thousand = await far('2021-01-01T00:00:00Z', '2023-09-29T00:00:00Z', '--json');
      expect(parsed(thousand).groups).toHaveLength(1002);
      expect(parsed(thousand).empty_spans).toBeUndefined();
      const flags = ['--since', '2020-12-30', '--until', '2023-10-02'];
      const more = await far('2021-01-01T00:00:00Z', '2023-09-30T00:00:00Z', '--json', ...flags);
      expect(parsed(more).groups.map(({ day }: { day: string }) => day)).toEqual([
        '2020-12-30',
        '2020-12-31',
        '2021-01-01',
        '2023-09-30',
        '2023-10-01',
        '2023-10-02',
      ]);
      const merged = await runMain(['merge', '--json'], { input: more.stdout });
      expect(parsed(merged)).toEqual(parsed(more));
    });
  });

  test('fault A6 (shares add up): the column is 100.00 % in every format, and so are the parts of each group', async () => {
    const messages = [1, 2, 3].map((id) => ({
      id,
      timestamp: '2024-04-29T00:00:00Z',
      text: '',
      report_id: id,
    }));
    const reports = Object.fromEntries([1, 2, 3].map((id) => [id, { id, name: `R${id}`, credit_cost: 5 }]));
    const source = await startUpstream({ messages: { messages }, reports });
    try {
      const run = (...flags: string[]) => runMain(['summary', '--source', source.url, ...flags]);
      const shares = (text: string) => Array.from(text.matchAll(/(\d+\.\d\d) %/g), ([, share]) => share);
      expect(shares((await run('--by', 'report')).stdout)).toEqual(['33.34', '33.33', '33.33', '100.00']);
      const csv = await run('--by', 'report', '--csv');
      expect(csv.stdout.match(/[\d.]+(?=\r\n)/g)).toEqual(['33.34', '33.33', '33.33']);
      const { groups, subtotals } = JSON.parse(
        (await run('--json', '--by', 'report', '--by', 'day')).stdout,
      ).summary;
      const sharesOf = (rows: { share: number }[]) => rows.map(({ share }) => share);
      expect([sharesOf(groups), sharesOf(subtotals)]).toEqual([
        [33.34, 33.33, 33.33],
        [33.34, 33.33, 33.33],
      ]);
    } finally {
      await source.close();
    }
  });

  test('fault D12 (two groupings have subtotals, weeks their dates): JSON, and NDJSON and CSV without subtotals', async () => {
    const { groups, subtotals } = JSON.parse(
      (await summary('--json', '--by', 'week', '--by', 'kind')).stdout,
    ).summary;
    const week = { week: '2024-W13', first_day: '2024-03-25', last_day: '2024-03-31' };
    expect(groups[0]).toEqual({ ...week, kind: 'report', messages: 1, credits: 0.0000001, share: 0 });
    expect(subtotals).toEqual([
      { ...week, messages: 4, credits: 4.3000001, share: 4.12 },
      {
        week: '2024-W14',
        first_day: '2024-04-01',
        last_day: '2024-04-07',
        messages: 1,
        credits: 100,
        share: 95.88,
      },
    ]);
    const byReport = JSON.parse((await summary('--json', '--by', 'report', '--by', 'week')).stdout).summary;
    expect(byReport.subtotals[0]).toEqual({
      report_id: 78,
      report_name: '=SUM(A1)',
      messages: 1,
      credits: 100,
      share: 95.88,
    });
    const ndjson = await summary('--ndjson', '--by', 'week', '--by', 'kind');
    expect(ndjson.stdout.split('\n')).toHaveLength(5);
    expect(JSON.parse(ndjson.stdout.split('\n')[0] ?? '')).toEqual(groups[0]);
    const csv = await summary('--csv', '--by', 'week', '--by', 'kind');
    expect(csv.stdout.split('\r\n')[1]).toBe('2024-W13,report,1,0.0000001,0.00');
    expect(JSON.parse((await summary('--json', '--by', 'week')).stdout).summary).not.toHaveProperty(
      'subtotals',
    );
  });

  test('fault D12: a table of weeks and kinds; an empty week has no subtotal', async () => {
    const run = await summary('--by', 'week', '--by', 'kind', '--until', '2024-04-14');
    expect(
      run.stdout
        .split('\n')
        .slice(4)
        .map((line) => line.trimEnd()),
    ).toEqual([
      ' Week                                Kind            Messages      Credits     Share',
      '────────────────────────────────────────────────────────────────────────────────────',
      ' 2024-W13  2024-03-25 to 2024-03-31  report                 1    0.0000001    0.00 %',
      '                                     text                   2    3.1500000    3.02 %',
      '                                     missing-report         1    1.1500000    1.10 %',
      '                                     Subtotal               4    4.3000001    4.12 %',
      ' 2024-W14  2024-04-01 to 2024-04-07  report                 1  100.0000000   95.88 %',
      '                                     Subtotal               1  100.0000000   95.88 %',
      ' 2024-W15  2024-04-08 to 2024-04-14  –                      0    0.0000000    0.00 %',
      '────────────────────────────────────────────────────────────────────────────────────',
      ' Total                                                 5 of 5  104.3000001  100.00 %',
      '',
    ]);
  });
});

describe('the table', () => {
  test('shows what it is about and straight columns, without colour or bars in a pipe', async () => {
    const run = await summary('--by', 'month', '--by', 'kind');
    expect(run.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      ` Source    ${upstream.url}/, rules published`,
      ' Period    current-period, closed, days in UTC',
      ' Messages  2024-03-29T22:00:00Z to 2024-04-02T08:00:00Z',
      '',
      ' Month    Kind            Messages      Credits     Share',
      '─────────────────────────────────────────────────────────',
      ' 2024-03  report                 1    0.0000001    0.00 %',
      '          text                   2    3.1500000    3.02 %',
      '          missing-report         1    1.1500000    1.10 %',
      '          Subtotal               4    4.3000001    4.12 %',
      ' 2024-04  report                 1  100.0000000   95.88 %',
      '          Subtotal               1  100.0000000   95.88 %',
      '─────────────────────────────────────────────────────────',
      ' Total                           5  104.3000001  100.00 %',
      '',
    ]);
  });

  test('in a terminal bars fill the room that is left, up to 40 columns, and NO_COLOR leaves them', async () => {
    for (const columns of [60, 80, 120, 200]) {
      const { shown } = await runPty(`o-copilot summary --source '${upstream.url}'`, { columns });
      const lines = stripVTControlCharacters(shown).split('\n');
      const barOf = (day: string) =>
        /% {2}(.*)$/.exec(lines.find((line) => line.startsWith(` ${day}`)) ?? '')?.[1] ?? '';
      const rule = lines.find((line) => line.startsWith('─')) ?? '';
      const besides = ' 2024-04-02         1  100.0000000   95.88 %  '.length;
      const room = Math.min(columns - besides, 40);
      expect(rule).toHaveLength(besides + room);
      expect(barOf('2024-04-02').trim()).toBe('█'.repeat(room));
      expect(barOf('2024-03-30').trim()).toHaveLength(Math.ceil(room * 0.02));
      expect(barOf('2024-03-29').trim()).toBe('▏');
      expect(barOf('2024-04-01').trim()).toBe('');
      expect(shown).toContain('\u001b[');
    }
    const plain = await runPty(`NO_COLOR=1 o-copilot summary --source '${upstream.url}'`);
    expect(plain.shown).not.toContain('\u001b[3');
    expect(plain.shown).toContain('█');
  });

  test('--output takes its format from its ending, and is whole or not there', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'april.csv');
      expect(await summary('--output', path)).toMatchObject({ stdout: '', stderr: '', status: 0 });
      expect(readFileSync(path, 'utf8')).toBe((await summary('--csv')).stdout);
      mkdirSync(join(folder, 'reports'));
      const source = join(folder, 'm.json');
      writeFileSync(source, '{"messages":[{"id":1,"timestamp":"2024-03-29T22:00:00Z","text":""}');
      const failed = await runMain(['summary', '--output', path, '--source', source]);
      expect(failed).toMatchObject({ stdout: '', status: 65 });
      expect(readFileSync(path, 'utf8')).toContain('2024-03-29');
    });
  });
});

describe('a wrong command line exits 64', () => {
  test.each([
    ['--by year', '--by: expected one of day, week, month, report, kind, got "year"'],
    ['--by day --by day', '--by: day was given twice'],
    ['--by day --by week --by kind', '--by: two at the most, not 3'],
    ['--by --json', '--by needs a value, but --json follows it'],
    ['--as-of tomorrow', '--as-of: expected a date'],
    ['--fields text', "unknown option '--fields'"],
    ['--limit 5', "unknown option '--limit'"],
  ])('%s', async (flags, message) => {
    const run = await summary(...flags.split(' '));
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(message);
  });
});
