import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { runShell } from './run.js';
import { runMain } from './run-main.js';

const message = (id: number, timestamp: string, more: object = {}) => ({ id, timestamp, text: '', ...more });
const MESSAGES = [
  message(1, '2024-04-01T00:00:00Z', { report_id: 77 }),
  message(2, '2024-04-02T00:00:00Z'),
  message(3, '2024-04-03T00:00:00Z', { report_id: 'gone' }),
  message(4, '2024-05-01T00:30:00Z', { text: '!!!' }),
];
const REPORTS = { 77: { id: 77, name: '=Lease; short', credit_cost: 40.005 } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'o-copilot-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let upstream: Upstream | undefined;
afterEach(async () => {
  await upstream?.close();
  upstream = undefined;
});
async function serve(options: UpstreamOptions = {}): Promise<string> {
  upstream = await startUpstream({ messages: { messages: MESSAGES }, reports: REPORTS, ...options });
  return upstream.url;
}

/** Exports what `source` has to a file of the folder. */
async function exportTo(name: string, source: string, ...flags: string[]): Promise<string> {
  const path = join(folder, name);
  expect(await runMain(['--source', source, '--output', path, ...flags])).toMatchObject({
    status: 0,
    stderr: '',
  });
  return path;
}
const written = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const diff = (...args: string[]) => runMain(['diff', ...args]);

describe('equal bills exit 0', () => {
  test('each format against each other and against the source', async () => {
    const source = await serve();
    const exports = await Promise.all([
      exportTo('a.json', source),
      exportTo('a.ndjson', source),
      exportTo('a.csv', source),
      exportTo('semicolon.csv', source, '--delimiter', ';', '--bom'),
      exportTo('tab.csv', source, '--delimiter', 'tab', '--no-formula-guard'),
    ]);
    for (const old of exports) {
      const run = await diff(old, '--source', source, '--json');
      expect(run).toMatchObject({ stderr: '', status: 0 });
      expect(JSON.parse(run.stdout).diff).toEqual({
        old,
        new: `${source}/`,
        changes: [],
        added: 0,
        removed: 0,
        changed: 0,
        unchanged: 4,
        equal: true,
        old_total: { messages: 4, credits: 43.155 },
        new_total: { messages: 4, credits: 43.155 },
        difference: 0,
      });
      expect(await diff(exports[0] ?? '', old)).toMatchObject({ stderr: '', status: 0 });
    }
    expect(readFileSync(exports[3] ?? '', 'utf8')).toContain('"\'=Lease; short"');
  });

  test('an export on stdin, or through a pipe', async () => {
    const source = await serve();
    const old = await exportTo('b.json', source);
    expect(await runMain(['diff', '-', old], { input: readFileSync(old) })).toMatchObject({ status: 0 });
    const piped = await runShell(`o-copilot diff <(cat '${old}') '${old}'`);
    expect(piped).toMatchObject({ stderr: '', status: 0 });
    const live = await runShell(`o-copilot usage --ndjson --source '${source}' | o-copilot diff '${old}' -`);
    expect(live).toMatchObject({ stderr: '', status: 0 });
  });

  test('a file of rates is read once: it may be a pipe', async () => {
    const source = await serve();
    const old = await exportTo('rated.json', source);
    const rates = `--rates <(o-copilot rates --json)`;
    const rated = await runShell(`o-copilot diff '${old}' --source '${source}' ${rates}`);
    expect(rated).toMatchObject({ stderr: '', status: 0 });
    const snapshots = `o-copilot snapshot '${folder}/s' --source '${source}' --quiet && o-copilot history '${folder}/s' ${rates}`;
    expect(await runShell(snapshots)).toMatchObject({ stderr: '', status: 0 });
  });

  test('filters are for the source', async () => {
    const source = await serve();
    const old = await exportTo('april.csv', source, '--until', '2024-04-30');
    expect(await diff(old, '--source', source, '--until', '2024-04-30')).toMatchObject({ status: 0 });
    expect(await diff(old, '--source', source)).toMatchObject({ status: 1 });
    const refused = await diff(old, old, '--until', '2024-04-30');
    expect(refused).toMatchObject({ stdout: '', status: 64 });
    expect(refused.stderr).toContain('--until: is for the source');
  });
});

describe('differences exit 1', () => {
  const old = () =>
    written(
      'old.ndjson',
      [
        '{"message_id":0,"timestamp":"2024-03-31T00:00:00Z","credits_used":7}',
        '{"message_id":1,"timestamp":"2024-04-01T00:00:00Z","report_name":"Old","credits_used":39}',
        '{"message_id":2,"timestamp":"2024-04-02T00:00:00Z","credits_used":1}',
        '{"message_id":3,"timestamp":"2024-04-03T01:00:00+01:00","credits_used":1}',
        '',
      ].join('\n'),
    );
  const CHANGES = [
    '{"change":"removed","message_id":0,"old":{"timestamp":"2024-03-31T00:00:00Z","credits_used":7},"difference":-7}',
    '{"change":"changed","message_id":1,"fields":["report_name","credits_used"],"old":{"timestamp":"2024-04-01T00:00:00Z","report_name":"Old","credits_used":39},"new":{"timestamp":"2024-04-01T00:00:00Z","report_name":"=Lease; short","credits_used":40.005},"difference":1.005}',
    '{"change":"changed","message_id":3,"fields":["timestamp"],"old":{"timestamp":"2024-04-03T01:00:00+01:00","credits_used":1},"new":{"timestamp":"2024-04-03T00:00:00Z","credits_used":1},"difference":0}',
    '{"change":"added","message_id":4,"new":{"timestamp":"2024-05-01T00:30:00Z","credits_used":1.15},"difference":1.15}',
  ];

  test('each change a line, and the totals of both', async () => {
    const source = await serve();
    const run = await diff(old(), '--source', source, '--json');
    expect(run).toMatchObject({ stderr: '', status: 1 });
    expect(run.stdout).toBe(
      `{"diff":{"old":"${old()}","new":"${source}/","changes":[\n${CHANGES.join(',\n')}\n],` +
        '"added":1,"removed":1,"changed":2,"unchanged":1,"equal":false,' +
        '"old_total":{"messages":4,"credits":48},"new_total":{"messages":4,"credits":43.155},"difference":-4.845}}\n',
    );
  });

  test('a source whose messages are in no order gives the same, by a second reading', async () => {
    const source = await serve({ messages: { messages: MESSAGES.toReversed() } });
    const run = await diff(old(), '--source', source, '--json');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(`[\n${CHANGES.join(',\n')}\n]`);
    expect(upstream?.hits('/messages/current-period')).toBe(2);
    expect(upstream?.hits('/reports/77')).toBe(1);
  });

  test('a document cut off while it is compared is read again, and nothing is told twice', async () => {
    const source = await serve({ script: { '/messages/current-period': [{ cutAfterBytes: 150 }, {}] } });
    const run = await diff(old(), '--source', source, '--json');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(`"changes":[\n${CHANGES.join(',\n')}\n]`);
  });

  test('the table', async () => {
    const source = await serve();
    const run = await diff(old(), '--source', source);
    expect(run.status).toBe(1);
    expect(run.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      ` Old  ${old()}: 4 messages, 48 credits`,
      ` New  ${source}/: 4 messages, 43.155 credits`,
      '',
      ' Change   Message     Old     New  Difference  What',
      '─'.repeat(106),
      ' removed        0   7.000       –      -7.000',
      ' changed        1  39.000  40.005      +1.005  report_name: Old → =Lease; short',
      ' changed        3   1.000   1.000       0.000  timestamp: 2024-04-03T01:00:00+01:00 → 2024-04-03T00:00:00Z',
      ' added          4       –   1.150      +1.150',
      '─'.repeat(106),
      ' Total             48.000  43.155      -4.845',
      ' 1 added, 1 removed, 2 changed, 1 unchanged',
      '',
    ]);
  });
});

describe('--total', () => {
  const reconcile = async (invoice: string, ...args: string[]) => {
    const run = await diff('--total', invoice, '--json', ...args);
    expect(run.stderr).toBe('');
    return { status: run.status, ...JSON.parse(run.stdout).reconciliation };
  };
  const MISSING = {
    cause: 'missing-reports',
    messages: 1,
    credits: 1,
    effect: -1,
    reports: [{ report_id: 'gone', messages: 1, credits: 1 }],
  };
  const MONTHS = {
    cause: 'other-months',
    messages: 1,
    credits: 1.15,
    effect: -1.15,
    month: '2024-04',
    months: [{ month: '2024-05', messages: 1, credits: 1.15 }],
  };

  test('an invoice that agrees exits 0', async () => {
    const source = await serve();
    expect(await reconcile('43.155', '--source', source)).toEqual({
      status: 0,
      source: `${source}/`,
      invoice: 43.155,
      total: 43.155,
      messages: 4,
      difference: 0,
      equal: true,
      causes: [MISSING, MONTHS],
      closed_by: null,
      explanations: [],
    });
  });

  test('the cause that closes a gap exactly is named, and so are two together', async () => {
    const source = await serve();
    expect(await reconcile('42.155', '--source', source)).toMatchObject({
      status: 1,
      difference: -1,
      closed_by: ['missing-reports'],
    });
    expect(await reconcile('42.005', '--source', source)).toMatchObject({ closed_by: ['other-months'] });
    expect(await reconcile('41.005', '--source', source)).toMatchObject({
      closed_by: ['missing-reports', 'other-months'],
    });
    expect(await reconcile('41.006', '--source', source)).toMatchObject({ closed_by: null });
    const rounded = await reconcile('43.16', '--source', source);
    expect(rounded).toMatchObject({ closed_by: ['rounding'], difference: 0.005 });
    const table = await diff('--total', '42.155', '--source', source);
    expect(table).toMatchObject({ status: 1 });
    expect(table.stdout).toContain('report gone: 1 credits, 1 message');
    expect(table.stdout).toContain('= explains it exactly');
  });

  test('a month is one where the days begin', async () => {
    const source = await serve();
    const there = await reconcile('43.155', '--source', source, '--timezone', 'America/New_York');
    expect(there.causes[1]).toMatchObject({
      month: '2024-04',
      months: [{ month: '2024-03', messages: 1, credits: 40.005 }],
    });
  });

  test('copies are counted once unless --duplicates keep, and named', async () => {
    const [, second] = MESSAGES;
    const source = await serve({ messages: { messages: [...MESSAGES, second] } });
    const once = await reconcile('44.155', '--source', source);
    expect(once).toMatchObject({ total: 43.155, messages: 4, closed_by: ['copies'] });
    expect(once.causes[0]).toEqual({
      cause: 'copies',
      messages: 1,
      credits: 1,
      effect: 1,
      counted: false,
      message_ids: [2],
    });
    const kept = await reconcile('43.155', '--source', source, '--duplicates', 'keep');
    expect(kept).toMatchObject({ total: 44.155, difference: -1, messages: 5 });
    expect(kept.causes[0]).toMatchObject({ effect: -1, counted: true });
  });

  test('an export is reconciled alone', async () => {
    const source = await serve();
    const fields = ['--fields', 'message_id,timestamp,credits_used,kind,report_id'];
    const path = await exportTo('kinds.csv', source, ...fields);
    await upstream?.close();
    expect(await reconcile('43.155', path)).toMatchObject({
      status: 0,
      source: path,
      causes: [MISSING, MONTHS],
    });
  });
});

describe('faults B9, B10, B11 in the built program', () => {
  const HEAD = 'message_id,timestamp,credits_used,report_id,kind';
  const bill = (name: string, ...rows: string[]) => written(name, [HEAD, ...rows, ''].join('\r\n'));
  const reconcile = async (...args: string[]) =>
    JSON.parse((await diff('--json', ...args)).stdout).reconciliation;

  test('fault B9 (copies have no order): exit 0', async () => {
    const [five, seven] = [5, 7].map((credits) => `1,2024-04-01T00:00:00Z,${credits},,text`);
    const [old, fresh] = [bill('57.csv', `${five}`, `${seven}`), bill('75.csv', `${seven}`, `${five}`)];
    const run = await diff(old, fresh, '--json');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout).diff).toMatchObject({ unchanged: 2, changed: 0, equal: true, changes: [] });
  });

  test('fault B10 (rounding is combined with the other causes)', async () => {
    const rows = ['1,2024-04-01T00:00:00Z,31.555,7,report', '2,2024-04-01T00:00:00Z,3.9,8,missing-report'];
    const path = bill('rounded.csv', ...rows);
    expect(await reconcile('--total', '31.56', path)).toMatchObject({
      closed_by: ['rounding', 'missing-reports'],
      explanations: [{ causes: ['rounding', 'missing-reports'], total: 31.555 }],
    });
    const table = await diff('--total', '31.56', path);
    expect(table.stdout).toContain(
      ' Together these explain it exactly: rounding, missing-reports; 31.555 is rounded.\n',
    );
  });

  test('fault B11 (a message counts once in any combination of causes)', async () => {
    const path = bill(
      'worked.csv',
      '1,2024-04-01T00:00:00Z,10,7,report',
      '2,2024-05-01T00:00:00Z,1,8,missing-report',
      '3,2024-04-02T00:00:00Z,3.3,8,missing-report',
      '4,2024-05-02T00:00:00Z,18.7,,text',
      '5,2024-04-03T00:00:00Z,10,7,report',
    );
    expect(await reconcile('--total', '19', path)).toMatchObject({ closed_by: null, explanations: [] });
    expect(await reconcile('--total', '20', path)).toMatchObject({
      closed_by: ['missing-reports', 'other-months'],
    });
    expect((await diff('--total', '20', path)).stdout).toContain(
      'exactly: missing-reports, other-months (a message that is in both counts once).\n',
    );
    const same = bill(
      'same.csv',
      '1,2024-04-01T00:00:00Z,10,7,report',
      '2,2024-05-01T00:00:00Z,1,8,missing-report',
      '3,2024-04-03T00:00:00Z,10,7,report',
    );
    expect((await reconcile('--total', '20', same)).explanations).toEqual([
      { causes: ['missing-reports'], total: 20 },
      { causes: ['other-months'], total: 20 },
    ]);
    const { stdout } = await diff('--total', '20', same);
    expect(stdout.match(/= explains it exactly/g)).toHaveLength(2);
    expect(stdout).toContain(' 2 explanations fit; only one can be right.\n');
  });
});

describe('what cannot be compared', () => {
  test.each([
    [65, 'table.txt', ' Message  Timestamp  Report  Credits\n', 'is a table, which is for people'],
    [65, 'cut.json', '{"usage":[\n{"message_id":1,"credits_used":1}', 'ends early, after 1 rows'],
    [65, 'notes.txt', 'hello', 'is no export of o-copilot'],
    [65, 'empty.json', '', 'is empty'],
  ])('exit %i for %s', async (status, name, content, reason) => {
    const run = await diff(written(name, content), '--source', 'sample', '--json');
    expect(run).toMatchObject({ stdout: '', status });
    expect(JSON.parse(run.stderr).error.message).toContain(reason);
  });

  test('exit 66 for what cannot be read', async () => {
    expect(await diff('/no/such.json', '--source', 'sample')).toMatchObject({ stdout: '', status: 66 });
    const directory = await diff(folder, '--source', 'sample');
    expect(directory).toMatchObject({
      status: 66,
      stderr: `o-copilot: cannot read ${folder}: is a directory\n`,
    });
    expect(
      await diff('--source', 'sample', written('x.csv', 'message_id,credits_used\n'), '/no/new'),
    ).toMatchObject({
      status: 66,
    });
  });

  test.each([
    [[], 'diff needs the export to compare with, or --total'],
    [['a', 'b', 'c'], "unexpected argument 'c'"],
    [['a', 'b', '--total', '1'], '--total: reconciles one bill'],
    [['--total', '1,5'], '--total: expected an amount such as'],
    [['--total', '-5'], '--total: expected an amount such as'],
    [['-', '-'], 'stdin cannot be both'],
    [['a', '--csv'], "unknown option '--csv'"],
  ])('exit 64 for %j', async (args, reason) => {
    const run = await diff(...args);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(reason);
  });
});

test('200,000 sorted rows are compared in flat memory, and unsorted ones exactly', () => {
  const rows = Array.from(
    { length: 200_000 },
    (_, id) => `{"message_id":${id},"timestamp":"2024-04-29T02:08:29.375Z","credits_used":${id % 1000}.5}\n`,
  );
  const few = rows.slice(0, 50_000);
  const change = (all: readonly string[]) =>
    all.with(1234, '{"message_id":1234,"timestamp":"2024-04-29T02:08:29.375Z","credits_used":0}\n');
  for (const [before, after] of [
    [rows, change(rows)],
    [few, change(few).toReversed()],
  ] as const) {
    const old = written('large.ndjson', before.join(''));
    const fresh = written('large-new.ndjson', after.join(''));
    const bin = process.env.TEST_BIN ?? 'dist/o-copilot.js';
    let output = '';
    try {
      execFileSync(process.execPath, ['--max-old-space-size=48', bin, 'diff', old, fresh, '--json']);
    } catch (error) {
      if (error instanceof Error && 'stdout' in error) output = String(error.stdout);
    }
    expect(JSON.parse(output).diff).toMatchObject({
      changed: 1,
      unchanged: before.length - 1,
      difference: -234.5,
      changes: [{ message_id: 1234 }],
    });
  }
});
