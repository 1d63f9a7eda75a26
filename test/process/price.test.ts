import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { inFolder, runShell } from './run.js';
import { runMain } from './run-main.js';

const line = (id: number | string, more: object = {}) =>
  JSON.stringify({ id, timestamp: '2024-04-29T00:00:00Z', text: 'Hello olleH', ...more });
const REPORTS = `${JSON.stringify({ id: 7, name: 'R', credit_cost: 79 })}\n${JSON.stringify({ id: 'é/1', name: 'S', credit_cost: 0.1 })}\n`;
const LINES = `${line(1, { report_id: 7 })}\n${line(2)}\n\n${line(3, { report_id: 'é/1' })}\r\n${line(4, { report_id: 8 })}`;
const PRICED = `{"message_id":1,"timestamp":"2024-04-29T00:00:00Z","report_name":"R","credits_used":79,"report_id":7,"kind":"report"}
{"message_id":2,"timestamp":"2024-04-29T00:00:00Z","credits_used":2,"kind":"text"}
{"message_id":3,"timestamp":"2024-04-29T00:00:00Z","report_name":"S","credits_used":0.1,"report_id":"é/1","kind":"report"}
{"message_id":4,"timestamp":"2024-04-29T00:00:00Z","credits_used":2,"report_id":8,"kind":"missing-report"}
`;

/** Runs `price` with a file of reports. */
function price(input: string, flags: readonly string[] = [], reports = REPORTS) {
  return inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'reports'), reports);
    return runMain(['price', '--reports', 'reports', ...flags], { cwd, input });
  });
}

describe('price', () => {
  test('prices the lines of stdin in their order', async () => {
    expect(await price(LINES)).toMatchObject({ stdout: PRICED, stderr: '', status: 0 });
    expect(await price('')).toMatchObject({ stdout: '', stderr: '', status: 0 });
  });

  test('reports may be a JSON array, or come from a source', async () => {
    const array = `[${REPORTS.trim().split('\n').join(' ,\n')} ]\n`;
    expect(await price(LINES, [], array)).toMatchObject({ stdout: PRICED, status: 0 });
    const upstream = await startUpstream({
      reports: {
        7: JSON.parse(REPORTS.split('\n')[0] ?? ''),
        'é/1': JSON.parse(REPORTS.split('\n')[1] ?? ''),
      },
    });
    try {
      const run = await runMain(['price', '--source', upstream.url], { input: LINES });
      expect(run).toMatchObject({ stdout: PRICED, stderr: '', status: 0 });
      expect(upstream.hits()).toBe(3);
    } finally {
      await upstream.close();
    }
  });

  test('--fields of the contract give the bytes of usage --ndjson', async () => {
    await inFolder(async (cwd) => {
      await runMain(['snapshot', 'snap', '--source', 'sample'], { cwd });
      const { messages } = JSON.parse(readFileSync(join(cwd, 'snap/messages.json'), 'utf8'));
      const input = messages.map((message: object) => `${JSON.stringify(message)}\n`).join('');
      const fields = 'message_id,timestamp,report_name,credits_used';
      const run = await runMain(['price', '--source', 'snap', '--fields', fields], { cwd, input });
      const usage = await runMain(['usage', '--ndjson', '--source', 'snap'], { cwd });
      expect(run).toMatchObject({ stdout: usage.stdout, stderr: '', status: 0 });
    });
  });

  test.each([
    [`${line(1)}\n{"id":2`, 'line 2: is not valid JSON'],
    [`${line(1)}\n\n[]`, 'line 3: is not an object'],
    [`${line(1)}\n${line(2, { text: 7 })}`, 'line 2, message 2: text: expected a string'],
    [`${line(1)}\n${line(2, { timestamp: 'now' })}`, 'line 2, message 2: timestamp: "now" is not'],
    [`${line(1)}\n${line(1)}`, 'message 1: occurs twice'],
    [`${line(1)} ${line(2)}`, 'line 1: is not valid JSON'],
    ['\u{1}', 'line 1: is not valid JSON'],
  ])('a line that is wrong ends with 65 and its number: %j', async (input, problem) => {
    const run = await price(input);
    expect(run.status).toBe(65);
    expect(run.stderr).toContain(problem);
  });

  test.each([
    ['{"id":7,"name":"R"}', 65, 'report 7: credit_cost: is missing'],
    [`${REPORTS}${REPORTS}`, 65, 'reports, report 3: id: "7" occurs twice'],
    ['[{"id":7,"name":"R","credit_cost":1}', 65, 'does not end with its array'],
    ['[{"id":7,"name":"R","credit_cost":1},]', 65, 'a comma before ]'],
    ['[{"id":7,"name":"R","credit_cost":1}] x', 65, 'does not end with its array'],
    ['{"id":7,', 65, 'ends early'],
    ['7', 65, 'ends early'],
    ['[7]', 65, 'report 1: is not an object'],
    ['{"id":7,"id":7,"name":"R","credit_cost":1}', 65, 'report 1: is not valid JSON: key "id" occurs twice'],
  ])('a file of reports that is wrong: %s', async (reports, status, problem) => {
    const run = await price(line(1, { report_id: 7 }), [], reports);
    expect(run).toMatchObject({ stdout: '', status });
    expect(run.stderr).toContain(problem);
  });

  test('fault C8 (duplicate keys): what is not read of a report in a file may be repeated', async () => {
    const report = '{"id":7,"name":"R","credit_cost":79,"x":1,"x":2}';
    expect(await price(line(1, { report_id: 7 }), [], report)).toMatchObject({ stderr: '', status: 0 });
  });

  test('an --output is whole or not there, and ill-matched flags are refused', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'reports'), REPORTS);
      const flags = ['price', '--reports', 'reports'];
      const bad = await runMain([...flags, '--output', 'out'], { cwd, input: `${line(1)}\n{` });
      expect(bad.status).toBe(65);
      expect(() => readFileSync(join(cwd, 'out'))).toThrow('ENOENT');
      await runMain([...flags, '--output', 'out'], { cwd, input: LINES });
      expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe(PRICED);
      expect(await runMain([...flags, '--source', 'sample'], { cwd })).toMatchObject({ status: 64 });
      expect(await runMain(['price', '--source', '-'], { cwd })).toMatchObject({ status: 64 });
      expect(await runMain(['price', '--reports', 'none'], { cwd })).toMatchObject({ status: 66 });
    });
  });
});

describe('summary --from-priced and merge', () => {
  const parts = PRICED.trim().split('\n');

  test('rows priced already give the summary of their messages', async () => {
    await inFolder(async (cwd) => {
      parts.forEach((part, index) => {
        writeFileSync(join(cwd, `p${index}`), `${part}\n`);
      });
      const files = await runMain(
        ['summary', '--csv', '--by', 'report', '--by', 'kind', '--from-priced', 'p0', 'p3', 'p1', 'p2'],
        { cwd },
      );
      expect(files).toMatchObject({ stderr: '', status: 0 });
      expect(files.stdout.split('\r\n').map((row) => row.replace(/,[^,]*$/, ''))).toEqual([
        'report_id,report_name,kind,messages,credits',
        '7,R,report,1,79',
        ',,text,1,2',
        '8,,missing-report,1,2',
        'é/1,S,report,1,0.1',
        '',
      ]);
      const stdin = await runMain(['summary', '--json', '--from-priced'], { cwd, input: PRICED });
      expect(JSON.parse(stdin.stdout).summary).toMatchObject({
        source: 'stdin',
        total: { messages: 4, credits: 83.1 },
      });
    });
  });

  test.each([
    [parts[0]?.replace(',"kind":"report"', ''), 'line 1: kind: is missing'],
    [parts[0]?.replace('"kind":"report"', '"kind":"text"'), 'line 1: kind: expected report'],
    [parts[0]?.replace('79', '-79'), 'line 1: credits_used: expected'],
    [parts[0]?.replace('2024-04-29T', '2024-04-31T'), 'line 1: timestamp: expected'],
    [`${parts[0]}\n${parts[0]}`, 'message 1: occurs twice'],
    [parts[0]?.slice(0, -1), 'line 1: is not valid JSON'],
  ])('a row that price did not write is refused: %s', async (input = '', problem) => {
    const run = await runMain(['summary', '--from-priced'], { input });
    expect(run).toMatchObject({ stdout: '', status: 65 });
    expect(run.stderr).toContain(problem);
  });

  test.each([
    ['--by day'],
    ['--by week --by kind'],
    ['--by month --by week'],
    ['--by report'],
    ['--by report --by kind'],
    ['--by kind --timezone Asia/Tokyo'],
    ['--since 2024-04-02 --until 2024-04-29 --kind text'],
  ])('the sum of parts, in any order, is the summary of the whole: %s', async (flags) => {
    await inFolder(async (cwd) => {
      await runMain(['snapshot', 'snap', '--source', 'sample'], { cwd });
      const { messages } = JSON.parse(readFileSync(join(cwd, 'snap/messages.json'), 'utf8'));
      for (const part of [0, 1, 2]) {
        const folder = join(cwd, `part${part}`);
        mkdirSync(folder);
        execFileSync('cp', ['-r', join(cwd, 'snap/reports'), folder]);
        const mine = messages.filter((_: unknown, index: number) => (index * 7) % 3 === part);
        writeFileSync(join(folder, 'm.json'), JSON.stringify({ messages: mine }));
        writeFileSync(join(cwd, 'all.json'), JSON.stringify({ messages }));
      }
      execFileSync('cp', ['-r', join(cwd, 'snap/reports'), cwd]);
      const words = ['summary', '--json', ...flags.split(' ')];
      const summaries = await Promise.all(
        [0, 1, 2].map((part) => runMain([...words, '--source', `part${part}/m.json`], { cwd })),
      );
      const texts = summaries.map(({ stdout }) => stdout);
      const whole = await runMain([...words, '--source', 'all.json'], { cwd });
      const merge = async (order: readonly number[]) => {
        const run = await runMain(['merge', '--json'], {
          cwd,
          input: order.map((index) => texts[index]).join(''),
        });
        expect(run).toMatchObject({ stderr: '', status: 0 });
        return run.stdout.replace(/"source":"[^"]*"/, '"source":"all.json"');
      };
      const orders = [
        [0, 1, 2],
        [2, 0, 1],
        [1, 2, 0],
      ];
      for (const each of await Promise.all(orders.map(merge))) expect(each).toBe(whole.stdout);
    });
  });

  test('what cannot be added is refused', async () => {
    await inFolder(async (cwd) => {
      const summary = async (name: string, ...flags: string[]) => {
        const run = await runMain(['summary', '--json', '--source', 'sample', ...flags], { cwd });
        writeFileSync(join(cwd, name), run.stdout);
      };
      await Promise.all([
        summary('a'),
        summary('by', '--by', 'week'),
        summary('zone', '--timezone', 'Asia/Tokyo'),
        summary('rules', '--rules', 'tokens'),
      ]);
      const merge = (...files: string[]) => runMain(['merge', '--json', ...files], { cwd });
      for (const other of ['by', 'zone', 'rules']) {
        const run = await merge('a', other);
        expect(run).toMatchObject({ stdout: '', status: 65 });
        expect(run.stderr).toContain(`${other}: ${other === 'zone' ? 'timezone' : other}: is `);
      }
      const text = readFileSync(join(cwd, 'a'), 'utf8');
      writeFileSync(join(cwd, 'edited'), text.replace('"messages":1,', '"messages":2,'));
      writeFileSync(join(cwd, 'cut'), text.slice(0, -10));
      expect((await merge('edited')).stderr).toContain('the groups do not add up to the total');
      expect(await merge('cut')).toMatchObject({ stdout: '', status: 65 });
      expect(await merge('none')).toMatchObject({ stdout: '', status: 66 });
      expect(await runMain(['merge', '--json'], { input: '' })).toMatchObject({ stdout: '', status: 65 });
    });
  });
});

const hasParallel = (() => {
  try {
    return execFileSync('parallel', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).includes('GNU');
  } catch {
    return false;
  }
})();

describe.skipIf(!hasParallel)('GNU parallel over 3 partitions', () => {
  const messages = Array.from({ length: 4000 }, (_, index) =>
    line(index * 3 + 1, {
      // No two parts have the same sums, of which merge would say so.
      text: `message ${index} of a lease${' again'.repeat(index % 8)}`,
      ...(index % 5 === 0 && { report_id: index % 2 === 0 ? 7 : 8 }),
    }),
  );
  const DEAL =
    'parallel --will-cite --halt now,fail=1 -j 2 o-copilot price --reports reports "<" {} ">" {}.priced ::: part.?';

  /** Files of lines, and a command `o-copilot` that parallel's own shells find. */
  async function deal(cwd: string, lines: readonly string[]): Promise<Record<string, string>> {
    writeFileSync(join(cwd, 'reports'), REPORTS);
    for (let part = 0; part < 3; part++) {
      const mine = lines.filter((_, index) => index % 3 === part);
      writeFileSync(join(cwd, `part.${part}`), `${mine.join('\n')}\n`);
    }
    const bin = process.env.TEST_BIN ?? join(process.cwd(), 'dist/o-copilot.js');
    const script = `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`;
    writeFileSync(join(cwd, 'o-copilot'), script, { mode: 0o755 });
    return { HOME: cwd, PATH: `${cwd}:${process.env.PATH}` };
  }

  test('gives the bytes of one process after a sort by id, and its sums', async () => {
    await inFolder(async (cwd) => {
      const env = await deal(cwd, messages);
      expect(await runShell(DEAL, { cwd, env })).toMatchObject({ stderr: '', status: 0 });
      const one = await price(messages.join('\n'));
      const sorted = await runShell('cat part.?.priced | sort -t: -k2,2n', { cwd });
      expect(sorted.stdout).toBe(one.stdout);
      const summary = async (input: string) =>
        (await runMain(['summary', '--json', '--from-priced'], { cwd, input })).stdout;
      const parts = [0, 1, 2].map((part) => readFileSync(join(cwd, `part.${part}.priced`), 'utf8'));
      const sums = (await Promise.all(parts.map(summary))).join('');
      const merged = await runMain(['merge', '--json'], { cwd, input: sums });
      expect(merged).toMatchObject({ stderr: '', status: 0, stdout: await summary(one.stdout) });
    });
  });

  test('a partition that fails fails the job', async () => {
    await inFolder(async (cwd) => {
      const env = await deal(cwd, [...messages.slice(0, 100), '{"id":1']);
      const run = await runShell(DEAL, { cwd, env });
      expect(run.status).not.toBe(0);
      expect(run.stderr).toContain('is not valid JSON');
    });
  });
});

test('bytes that are no UTF-8 are refused by every command that prices them, whatever stands around them', async () => {
  const wrong = [[0x80], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]];
  await inFolder(async (cwd) => {
    for (const [index, bytes] of wrong.entries()) {
      const around = index % 2 === 0 ? 'a lease' : 'naïve';
      const message = (text: Buffer) =>
        Buffer.concat([
          Buffer.from(`{"id":1,"timestamp":"2024-04-29T00:00:00Z","text":"${around}`),
          text,
          Buffer.from('"}'),
        ]);
      const line = message(Buffer.from(bytes));
      writeFileSync(
        join(cwd, 'm.json'),
        Buffer.concat([Buffer.from('{"messages":['), line, Buffer.from(']}')]),
      );
      const runs = await Promise.all([
        runMain(['usage', '--json', '--source', 'm.json'], { cwd }),
        runMain(['explain', '1', '--source', 'm.json'], { cwd }),
        runMain(['price'], { cwd, input: Buffer.concat([line, Buffer.from('\n')]) }),
      ]);
      for (const run of runs) expect(run, `${bytes}`).toMatchObject({ stdout: '', status: 65 });
    }
  });
});
