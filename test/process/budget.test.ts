import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/format/table/lines.js';
import { acquireLock } from '../../src/output/lock.js';
import { inFolder, type RunOptions, runBin } from './run.js';
import { runMain } from './run-main.js';

const AS_OF = ['--as-of', '2024-04-20'];
const budget = (args: readonly string[], options: RunOptions & { columns?: number } = {}) =>
  runMain(['budget', ...args, '--source', 'sample'], options);

interface BudgetDocument {
  readonly status: string;
  readonly [member: string]: unknown;
}

async function document(args: readonly string[], options: RunOptions = {}): Promise<BudgetDocument> {
  const run = await budget([...args, '--json'], options);
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout).budget;
}

describe('budget (what it says)', () => {
  test('facts are exact, those of summary; the projection is for the last day of the month', async () => {
    const found = await document(['800', ...AS_OF]);
    const until = ['--until', '2024-04-19', '--as-of', '2024-04-20'];
    const summary = await runMain(['summary', '--source', 'sample', '--json', ...until]);
    expect(found).toMatchObject({
      state: 'open',
      as_of: '2024-04-20T00:00:00Z',
      first_day: '2024-04-01',
      last_day: '2024-04-30',
      unit: 'credits',
      limit: 800,
      used: JSON.parse(summary.stdout).summary.total.credits,
      left: 302.85,
      share: 62.14,
      status: 'within',
      crossings: [],
      crossed_on: null,
      crosses_on: null,
      projection: { day: '2024-04-30' },
    });
    expect(found.largest_reports).toHaveLength(5);
    expect(found.largest_days).toMatchObject([
      { day: '2024-04-19' },
      { day: '2024-04-01' },
      { day: '2024-04-08' },
    ]);
  });

  test('a closed period is used against the limit, without a projection and without the clock', async () => {
    const found = await document(['300']);
    expect(found).toMatchObject({
      state: 'closed',
      used: 658.8,
      left: -358.8,
      status: 'over',
      projection: null,
    });
    // 290.8 credits by the end of the 10th, 344.95 by the end of the 11th.
    expect(found.crossed_on).toBe('2024-04-11');
    expect(found).not.toHaveProperty('as_of');
  });

  test('before three days are over it is too early to say', async () => {
    expect(await document(['800', '--as-of', '2024-04-03T23:00:00Z'])).toMatchObject({ projection: null });
    const run = await budget(['800', '--as-of', '2024-04-03T23:00:00Z']);
    expect(run.stdout).toContain('Projected  too early to say');
    expect(await document(['800', '--as-of', '2024-04-04'])).toMatchObject({
      projection: { day: '2024-04-30' },
    });
  });

  test('in money every amount is money, and a number alone too', async () => {
    const price = ['--credit-price', '0.02', '--currency', 'GBP'];
    for (const limit of ['13', '13 GBP', '13GBP']) {
      expect(await document([limit, ...price])).toMatchObject({
        unit: 'GBP',
        limit: 13,
        used: 13.176,
        status: 'over',
      });
    }
    expect(await document(['700 credits', ...price])).toMatchObject({ unit: 'credits', used: 658.8 });
    const table = await budget(['13', ...price]);
    expect(table.stdout).toContain('Used      13.176, 101.35 %');
  });

  test('filters compare the selected messages alone', async () => {
    expect(await document(['100', '--kind', 'text'])).toMatchObject({
      used: 121.05,
      out_of: 35,
      messages: 25,
    });
    expect(await document(['100', '--since', '2024-04-10', '--until', '2024-04-19'])).toMatchObject({
      first_day: '2024-04-10',
      last_day: '2024-04-19',
    });
  });

  test('messages from before the month count as used, and are shown as such', async () => {
    const messages = ['2024-03-30', '2024-03-31', '2024-04-01', '2024-04-02'].map((day, id) => ({
      id,
      timestamp: `${day}T12:00:00Z`,
      text: 'Hello olleH',
    }));
    const args = ['budget', '7', '--source', '-', '--as-of', '2024-04-10'];
    const input = JSON.stringify({ messages });
    const run = await runMain([...args, '--json'], { input });
    expect(JSON.parse(run.stdout).budget).toMatchObject({
      first_day: '2024-04-01',
      messages: 4,
      earlier_messages: 2,
      later_messages: 0,
      used: 8,
      crossed_on: '2024-04-02',
    });
    expect((await runMain(args, { input })).stdout).toMatch(/ Messages +4, 2 of them before 2024-04-01\n/);
  });

  test('rows that price wrote are a source too', async () => {
    await inFolder(async (cwd) => {
      const rows = await runMain([
        'usage',
        '--source',
        'sample',
        '--ndjson',
        '--fields',
        'message_id,timestamp,report_id,report_name,credits_used,kind',
      ]);
      writeFileSync(join(cwd, 'rows.ndjson'), rows.stdout);
      const run = await runMain(['budget', '300', '--from-priced', 'rows.ndjson', '--json'], { cwd });
      expect(run.stderr).toBe('');
      expect(JSON.parse(run.stdout).budget).toMatchObject({ used: 658.8, crossed_on: '2024-04-11' });
    });
  });

  test.each([20, 40, 80, 200])('no line is longer than a terminal of %i columns', async (columns) => {
    for (const args of [['300', ...AS_OF], ['520', ...AS_OF, '--warn', '80%'], ['300']]) {
      const run = await budget(args, { columns, env: { NO_COLOR: '1' } });
      expect(run.stdout).toBe(stripVTControlCharacters(run.stdout));
      const widest = Math.max(...run.stdout.split('\n').map(textWidth));
      expect(widest, run.stdout).toBeLessThanOrEqual(columns);
    }
  });
});

describe('budget (exit statuses)', () => {
  const WARN = ['--warn', '80%'];
  const FAIL = ['--fail-on', 'forecast'];
  test.each([
    ['within', ['800'], 'within', 0],
    ['the limit is used up exactly', ['497.15'], 'forecast', 0],
    ['over', ['497.14'], 'over', 1],
    ['a warning', ['620', ...WARN], 'warn', 0],
    ['a forecast', ['510'], 'forecast', 0],
    ['a forecast that fails', ['510', ...FAIL], 'forecast', 1],
    ['within, where a forecast would fail', ['800', ...FAIL], 'within', 0],
  ])('%s', async (_, args, status, exit) => {
    const run = await budget([...args, ...AS_OF, '--json']);
    expect(run).toMatchObject({ stderr: '', status: exit });
    expect(JSON.parse(run.stdout).budget.status).toBe(status);
  });

  test.each([
    [['-5'], {}, 64, 'AMOUNT: expected an amount above 0 such as 2500'],
    [['0'], {}, 64, 'AMOUNT: expected an amount above 0'],
    [['abc'], {}, 64, 'AMOUNT: expected an amount above 0'],
    [[''], {}, 64, 'AMOUNT: expected an amount above 0'],
    [['1e999'], {}, 64, 'AMOUNT: expected an amount above 0'],
    [['2,500'], {}, 64, 'AMOUNT: expected an amount above 0'],
    [['50 GBPP'], {}, 64, '"50 GBP"'],
    [['50 GBP'], {}, 64, '--credit-price 0.02 --currency GBP'],
    [['50 USD', '--credit-price', '0.02', '--currency', 'GBP'], {}, 64, 'give it in GBP'],
    [[], {}, 64, 'budget needs a limit'],
    [['5', '--budget', '6'], {}, 64, 'give the limit once'],
    [['5', '6'], {}, 64, "unexpected argument '6'"],
    [['5', '--warn', '0%'], {}, 64, '--warn: expected percent'],
    [['5', '--warn', '101%'], {}, 64, '--warn: expected percent'],
    [['5', '--fail-on', 'used '], {}, 64, '--fail-on: expected one of used, forecast'],
    [['5', '--once', '-'], {}, 64, '--once: needs the name of a file'],
    [['5', '--once', '/nonexistent/state.json'], {}, 73, '/nonexistent'],
    [[], { O_COPILOT_BUDGET: '-5' }, 78, 'O_COPILOT_BUDGET: expected an amount above 0'],
    [[], { O_COPILOT_BUDGET: '50 USD' }, 78, 'O_COPILOT_BUDGET: USD needs what a credit costs'],
  ])('%j with %j is refused with %i and what to do', async (args, env, status, problem) => {
    const run = await budget(args, { env });
    expect(run).toMatchObject({ stdout: '', status });
    expect(run.stderr).toContain(problem);
  });

  test('a refusal at the boundary of the process: nothing on stdout, one line on stderr', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'state.json'), '{');
      const runs = await Promise.all([
        runBin(['budget', '-5', '--source', 'sample']),
        runBin(['budget'], { env: { O_COPILOT_BUDGET: 'abc' } }),
        runBin(['budget', '5', '--source', 'sample', '--once', 'state.json'], { cwd }),
      ]);
      expect(runs.map(({ status, stdout }) => [status, stdout])).toEqual([
        [64, ''],
        [78, ''],
        [65, ''],
      ]);
      for (const { stderr } of runs) expect(stderr).toMatch(/^o-copilot: .*\n$/);
    });
  });

  test('the setting is the limit, and an argument replaces it', async () => {
    const env = { O_COPILOT_BUDGET: '300' };
    expect(await budget(['--json'], { env })).toMatchObject({ stderr: '', status: 1 });
    expect(await budget(['700', '--json'], { env })).toMatchObject({ stderr: '', status: 0 });
  });
});

describe('budget --once (a crossing is reported once a period)', () => {
  const at = (cwd: string, limit: string, asOf: string, ...more: string[]) =>
    budget([limit, '--warn', '80%', '--as-of', asOf, '--once', 'state.json', ...more], { cwd });

  test('silent within the limit; then each crossing once; the exit status is that of every run', async () => {
    await inFolder(async (cwd) => {
      expect(await at(cwd, '600', '2024-04-02')).toMatchObject({ stdout: '', stderr: '', status: 0 });
      expect(existsSync(join(cwd, 'state.json'))).toBe(false);
      const warned = await at(cwd, '600', '2024-04-24');
      expect(warned).toMatchObject({ stderr: '', status: 0 });
      expect(warned.stdout).toContain('Budget');
      expect(await at(cwd, '600', '2024-04-24T01:00:00Z')).toMatchObject({ stdout: '', status: 0 });
      const over = await at(cwd, '600', '2024-04-25');
      expect(over.stdout).toContain('over the budget since 2024-04-24');
      expect(over.status).toBe(1);
      expect(await at(cwd, '600', '2024-04-28', '--json')).toMatchObject({
        stdout: '',
        stderr: '',
        status: 1,
      });
      expect(JSON.parse(readFileSync(join(cwd, 'state.json'), 'utf8')).crossings).toEqual(['warn', 'over']);
      expect(readdirSync(cwd).sort()).toEqual(['state.json', 'state.json.lock']);
    });
  });

  test('another limit, other filters and another period begin anew', async () => {
    await inFolder(async (cwd) => {
      const messages = (month: string) =>
        JSON.stringify({ messages: [{ id: 1, timestamp: `${month}-01T00:00:00Z`, text: 'Hello olleH' }] });
      const from = (month: string, ...more: string[]) =>
        runMain(['budget', '1', '--once', 'state.json', '--source', '-', '--as-of', `${month}-02`, ...more], {
          cwd,
          input: messages(month),
        });
      for (const more of [[], ['--kind', 'text'], ['--warn', '50%']]) {
        expect((await from('2024-04', ...more)).stdout).toContain('over the budget');
        expect(await from('2024-04', ...more)).toMatchObject({ stdout: '', status: 1 });
      }
      expect((await from('2024-05')).stdout).toContain('over the budget');
      expect(await from('2024-05')).toMatchObject({ stdout: '', status: 1 });
    });
  });

  test.each([
    ['cut off', '{"format":"o-copilot-bud'],
    ['another document', '{"usage":[]}'],
    ['a wrong member', '{"format":"o-copilot-budget/1","budget":5,"crossings":[]}'],
    ['no JSON', 'hello'],
  ])('a file that holds %s is an error, and stays as it is', async (_, content) => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'state.json'), content);
      const run = await at(cwd, '600', '2024-04-25');
      expect(run).toMatchObject({ stdout: '', status: 65 });
      expect(run.stderr).toMatch(/state\.json: is no file of --once .*remove it, or name another/);
      expect(readFileSync(join(cwd, 'state.json'), 'utf8')).toBe(content);
    });
  });

  test('a failed run reports nothing, so the next one does; of two at once only one runs', async () => {
    await inFolder(async (cwd) => {
      const args = ['budget', '600', '--as-of', '2024-04-25', '--once', 'state.json'];
      const failed = await runMain([...args, '--source', 'missing.json'], { cwd });
      expect(failed).toMatchObject({ stdout: '', status: 66 });
      expect(readdirSync(cwd)).toEqual(['state.json.lock']);
      const runs = await Promise.all([1, 2].map(() => runBin([...args, '--source', 'sample'], { cwd })));
      const printed = runs.filter(({ stdout }) => stdout !== '');
      expect(printed).toHaveLength(1);
      for (const { status } of runs) expect([1, 75]).toContain(status);
    });
  });

  test('while another run holds its lock nothing is done, and no metrics are written', async () => {
    await inFolder(async (cwd) => {
      const lock = await acquireLock(join(cwd, 'state.json.lock'));
      const run = await at(cwd, '600', '2024-04-25', '--metrics', 'o.prom');
      await lock.release();
      expect(run).toMatchObject({ stdout: '', status: 75 });
      expect(readdirSync(cwd)).toEqual(['state.json.lock']);
    });
  });

  test('its lock file is none that the run uses otherwise', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'x.lock'), '{"messages":[]}');
      for (const flag of ['--lock', '--source', '--output', '--metrics']) {
        const run = await runMain(['budget', '5', '--once', 'x', flag, './x.lock', '--json'], { cwd });
        expect(run).toMatchObject({ stdout: '', status: 64 });
        expect(JSON.parse(run.stderr).error.message).toContain('the lock file of --once x');
      }
      expect(readFileSync(join(cwd, 'x.lock'), 'utf8')).toBe('{"messages":[]}');
      expect(readdirSync(cwd)).toEqual(['x.lock']);
    });
  });

  test('the file is none that the run reads or writes otherwise', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), '{"messages":[]}');
      for (const other of [
        ['--source', 'm.json'],
        ['--output', 'm.json'],
        ['--metrics', 'm.json'],
      ]) {
        const run = await runMain(['budget', '5', '--once', './m.json', ...other], { cwd });
        expect(run).toMatchObject({ stdout: '', status: 64 });
      }
      expect(readFileSync(join(cwd, 'm.json'), 'utf8')).toBe('{"messages":[]}');
    });
  });
});

describe('budget --metrics', () => {
  const write = async (cwd: string) => {
    const run = await budget(['600', ...AS_OF, '--metrics', 'o.prom', '--once', 'state.json'], { cwd });
    expect(run).toMatchObject({ stderr: '', status: 0 });
    return readFileSync(join(cwd, 'o.prom'), 'utf8');
  };

  test('limit, usage and projection are written, whatever is printed; the status is that of the run', async () => {
    await inFolder(async (cwd) => {
      const text = await write(cwd);
      for (const line of ['limit{unit="credits"} 600', 'used{unit="credits"} 497.15', 'over 0']) {
        expect(text).toContain(`\no_copilot_budget_${line}\n`);
      }
      expect(text).toMatch(/\no_copilot_budget_projected\{unit="credits"\} [\d.]+\n/);
      expect(text).toContain('o_copilot_credits{kind="report"}');
      expect(await budget(['300', '--metrics', 'o.prom'], { cwd })).toMatchObject({ status: 1 });
      const closed = readFileSync(join(cwd, 'o.prom'), 'utf8');
      expect(closed).toContain('\no_copilot_exit_status 1\n');
      expect(closed).toContain('\no_copilot_budget_over 1\n');
      expect(closed).not.toContain('projected');
    });
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  test.skipIf(!hasPromtool)('promtool finds nothing wrong (needs promtool)', async () => {
    await inFolder(async (cwd) => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: await write(cwd),
      });
      expect({ status, stdout: `${stdout}`, stderr: `${stderr}` }).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      });
    });
  });
});

describe('summary (projection and budget of an open period)', () => {
  const summary = (args: readonly string[], options: RunOptions = {}) =>
    runMain(['summary', '--source', 'sample', ...args], options);
  const OPEN = ['--as-of', '2024-04-30T23:00:00Z'];

  test('the header has them while the period is open', async () => {
    const open = await summary([...OPEN, '--budget', '600']);
    expect(open.stdout).toMatch(/ Projected {2}about 659 credits by 2024-04-30 /);
    expect(open.stdout).toMatch(
      / Budget {5}658\.8 of 600 credits, 109\.80 % .* over the budget since 2024-04-24/,
    );
    expect((await summary(OPEN)).stdout).not.toContain('Budget');
    expect((await summary(['--budget', '600'])).stdout).not.toMatch(/Projected|Budget/);
  });

  test('the document has a member budget where there is one, and is as before without', async () => {
    const [plain, limited] = await Promise.all([
      summary([...OPEN, '--json']),
      summary([...OPEN, '--json'], { env: { O_COPILOT_BUDGET: '700' } }),
    ]);
    const { budget: member, ...rest } = JSON.parse(limited.stdout).summary;
    expect(rest).toEqual(JSON.parse(plain.stdout).summary);
    expect(member).toMatchObject({ unit: 'credits', limit: 700, used: 658.8, status: 'within' });
    const merged = await runMain(['merge', '--json', ...OPEN], { input: limited.stdout });
    expect(JSON.parse(merged.stdout).summary).toEqual(rest);
  });

  test('an export with a budget is computed again to the same bytes, whatever is set where it is verified', async () => {
    await inFolder(async (cwd) => {
      for (const [name, ...flags] of [['with.txt', '--budget', '700'], ['without.txt']]) {
        const made = await summary(['--output', name ?? '', '--receipt', `${name}.json`, ...OPEN, ...flags], {
          cwd,
        });
        expect(made).toMatchObject({ stderr: '', status: 0 });
        const verify = ['verify', name ?? '', `${name}.json`, '--source', 'sample'];
        for (const env of [{}, { O_COPILOT_BUDGET: '123' }]) {
          expect(await runMain(verify, { cwd, env })).toMatchObject({ stderr: '', status: 0 });
        }
      }
    });
  });
});
