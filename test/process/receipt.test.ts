import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { inFolder, runShell } from './run.js';
import { runMain } from './run-main.js';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

test('a receipt says what the export is and what it was made from', async () => {
  const messages = JSON.stringify({
    messages: [
      { id: 1, timestamp: '2024-04-29T02:08:29Z', text: 'x', report_id: 7 },
      { id: 2, timestamp: '2024-04-29T02:08:30Z', text: 'Hello olleH', report_id: 'gone' },
      { id: 3, timestamp: '2024-04-30T02:08:30Z', text: '!!!' },
    ],
  });
  const report = '{"id":7,"name":"R","credit_cost":0.0000001}';
  const upstream = await startUpstream({ messages, reports: { 7: report } });
  try {
    await inFolder(async (cwd) => {
      const flags = ['--csv', '--source', upstream.url, '--output', 'a.csv', '--receipt', 'a.json'];
      const run = await runMain(['usage', ...flags, '--until', '2024-04-29'], {
        cwd,
        env: { O_COPILOT_TOKEN: 'secret-token', O_COPILOT_TIMEZONE: 'Europe/Berlin' },
      });
      expect(run).toMatchObject({ stdout: '', stderr: '', status: 0 });
      const text = readFileSync(join(cwd, 'a.json'), 'utf8');
      expect(text).not.toContain('secret-token');
      const kept = JSON.parse(text);
      expect(kept).toMatchObject({
        format: 'o-copilot-receipt/1',
        command: 'usage',
        source: `${upstream.url}/`,
        period: 'current-period',
        state: 'closed',
        flags: { format: 'csv', timezone: 'Europe/Berlin', rules: 'published', until: '2024-04-29' },
        rules: { ruleset: 'published', version: 1, rates_sha256: null },
        inputs: {
          messages_sha256: sha256(messages),
          reports: { count: 1, sha256: sha256(`7 ${sha256(report)}\n`) },
          missing_reports: ['gone'],
        },
        messages: 3,
        rows: {
          count: 2,
          credits: '2.0000001',
          by_kind: {
            report: { count: 1, credits: '0.0000001' },
            text: { count: 0, credits: '0' },
            'missing-report': { count: 1, credits: '2' },
          },
        },
        output: { sha256: sha256(readFileSync(join(cwd, 'a.csv'), 'utf8')) },
      });
    });
  } finally {
    await upstream.close();
  }
});

describe('verify', () => {
  test.each([
    'usage --json',
    'usage --csv --bom --delimiter ; --no-formula-guard --fields message_id,text,credits_used',
    'usage --ndjson --since 2024-04-10 --until 2024-04-20 --timezone Asia/Tokyo --sort credits_used --desc --limit 5',
    'usage --table --color always --kind text --rules service --offset 2',
    'usage --format html',
    'usage --format html --with-text',
    'summary --json --by week --by kind',
    'summary --as-of 2024-04-15',
  ])('%s: computed again from a snapshot to the same bytes', async (line) => {
    await inFolder(async (cwd) => {
      await runMain(['snapshot', 'snap', '--source', 'sample'], { cwd });
      const words = line.split(' ');
      const made = await runMain(
        [...words, '--source', 'sample', '--receipt', 'r.json', '--output', 'export'],
        { cwd },
      );
      expect(made).toMatchObject({ stderr: '', status: 0 });
      const run = await runMain(['verify', 'export', 'r.json', '--source', 'snap', '--json'], { cwd });
      expect(run).toMatchObject({ stderr: '', status: 0 });
      expect(JSON.parse(run.stdout).verify).toMatchObject({
        same: true,
        computed_again: true,
        differences: [],
      });
    });
  });

  test('offline it needs nothing but the two files', async () => {
    await inFolder(async (cwd) => {
      await runMain(['--source', 'sample', '--output', 'a.csv', '--receipt', 'a.json'], { cwd });
      const run = await runMain(['verify', 'a.csv', 'a.json'], {
        cwd,
        env: { O_COPILOT_SOURCE: 'http://127.0.0.1:9/' },
      });
      expect(run).toMatchObject({ stderr: '', status: 0 });
      expect(run.stdout).toMatch(
        /^a\.csv is what its receipt says: 35 messages, [\d.]+ credits, closed\nnot checked without --source: [^\n]+\n$/,
      );
    });
  });

  test('one byte more in the export is named, and exits 1', async () => {
    await inFolder(async (cwd) => {
      await runMain(['--source', 'sample', '--output', 'a.csv', '--receipt', 'a.json'], { cwd });
      appendFileSync(join(cwd, 'a.csv'), '\n');
      const run = await runMain(['verify', 'a.csv', 'a.json'], { cwd });
      expect(run).toMatchObject({ stderr: '', status: 1 });
      expect(run.stdout).toContain('output.sha256: the receipt says ');
    });
  });

  test('other messages, another price, a receipt that was edited: each is named', async () => {
    await inFolder(async (cwd) => {
      const write = (text: string) =>
        writeFileSync(
          join(cwd, 'm.json'),
          JSON.stringify({ messages: [{ id: 1, timestamp: '2024-04-29T00:00:00Z', text }] }),
        );
      write('abc abc');
      await runMain(['--source', 'm.json', '--output', 'a.csv', '--receipt', 'a.json'], { cwd });
      write('abcd efgh');
      const verify = (...more: string[]) => runMain(['verify', 'a.csv', 'a.json', ...more], { cwd });
      const changed = await verify('--source', 'm.json', '--json');
      expect(changed.status).toBe(1);
      expect(JSON.parse(changed.stdout).verify.differences.map(({ what }: { what: string }) => what)).toEqual(
        ['inputs.messages_sha256', 'rows.credits', 'rows.by_kind.text.credits', 'output.sha256'],
      );
      const path = join(cwd, 'a.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('"credits": "1.55"', '"credits": "0.5"'));
      const edited = await verify();
      expect(edited).toMatchObject({ status: 1 });
      expect(edited.stdout).toContain('rows.credits: the receipt says 0.5, found 1.55');
    });
  });

  test('rates are part of it: the same file is needed, and another is named', async () => {
    await inFolder(async (cwd) => {
      const rates = await runMain(['rates', '--json'], { cwd });
      writeFileSync(join(cwd, 'rates.json'), rates.stdout);
      writeFileSync(join(cwd, 'dear.json'), rates.stdout.replace('"base": 1', '"base": 3'));
      const made = [
        '--source',
        'sample',
        '--rates',
        'rates.json',
        '--output',
        'a.csv',
        '--receipt',
        'a.json',
      ];
      await runMain(made, { cwd });
      const verify = (...more: string[]) =>
        runMain(['verify', 'a.csv', 'a.json', '--source', 'sample', ...more], { cwd });
      expect(await verify()).toMatchObject({ stdout: '', status: 64 });
      expect(await verify('--rates', 'rates.json')).toMatchObject({ status: 0 });
      const dear = await verify('--rates', 'dear.json');
      expect(dear.status).toBe(1);
      expect(dear.stdout).toContain('rules.rates_sha256: ');
      expect(dear.stdout).toContain('rows.credits: ');
    });
  });

  test('a member that no receipt has is refused at any depth', async () => {
    await inFolder(async (cwd) => {
      const flags = ['--csv', '--source', 'sample', '--output', 'a.csv', '--receipt', 'a.json'];
      await runMain(['usage', ...flags], { cwd });
      const receipt = JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8'));
      const objects = ['', 'flags', 'rules', 'tables', 'inputs', 'inputs.reports', 'rows', 'rows.by_kind'];
      for (const path of [...objects, 'rows.by_kind.text', 'output']) {
        const copy = structuredClone(receipt);
        const keys = path === '' ? [] : path.split('.');
        keys.reduce((object, key) => object[key], copy).more = 1;
        writeFileSync(join(cwd, 'b.json'), JSON.stringify(copy));
        const run = await runMain(['verify', 'a.csv', 'b.json'], { cwd });
        expect(run).toMatchObject({ stdout: '', status: 65 });
        expect(run.stderr).toContain(`b.json: ${[...keys, 'more'].join('.')}: no such key`);
      }
    });
  });

  test('what is no receipt, or not there', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'a.csv'), '');
      const broken = {
        '{': 'is not valid JSON',
        '{}': 'is not a receipt',
        '{"format":"o-copilot-receipt/1"}': 'a.json: program: is missing',
      };
      for (const [content, problem] of Object.entries(broken)) {
        writeFileSync(join(cwd, 'a.json'), content);
        const run = await runMain(['verify', 'a.csv', 'a.json'], { cwd });
        expect(run).toMatchObject({ stdout: '', status: 65 });
        expect(run.stderr).toContain(problem);
      }
      expect(await runMain(['verify', 'a.csv', 'none.json'], { cwd })).toMatchObject({ status: 66 });
      expect(await runMain(['verify', 'a.csv'], { cwd })).toMatchObject({ status: 64 });
    });
  });
});

describe('--receipt', () => {
  test('a run that fails leaves the old receipt and nothing new', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), '{"messages":[');
      writeFileSync(join(cwd, 'a.json'), 'old');
      const flags = ['--source', 'm.json', '--output', 'a.csv', '--receipt', 'a.json'];
      expect(await runMain(flags, { cwd })).toMatchObject({ status: 65 });
      expect(readdirSync(cwd).sort()).toEqual(['a.json', 'm.json']);
      expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toBe('old');
    });
  });

  test('a receipt that cannot be made stops the export before it begins', async () => {
    await inFolder(async (cwd) => {
      const flags = ['--source', 'sample', '--output', 'a.csv', '--receipt', 'none/a.json'];
      expect(await runMain(flags, { cwd })).toMatchObject({ status: 73 });
      expect(existsSync(join(cwd, 'a.csv'))).toBe(false);
    });
  });

  test.each([['-'], ['a.csv'], ['./a.csv']])('cannot go to %s', async (path) => {
    await inFolder(async (cwd) => {
      const run = await runMain(['--source', 'sample', '--output', 'a.csv', '--receipt', path], { cwd });
      expect(run).toMatchObject({ stdout: '', status: 64 });
      expect(readdirSync(cwd)).toEqual([]);
    });
  });

  test.each([
    ['usage', 'a.csv'],
    ['summary', 'a.csv'],
    ['summary', 'link'],
  ])('of %s cannot replace the export, through a link either: %s', async (command, path) => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'a.csv'), 'old');
      symlinkSync('a.csv', join(cwd, 'link'));
      const flags = [command, '--source', 'sample', '--output', 'a.csv', '--receipt', path];
      expect(await runMain(flags, { cwd })).toMatchObject({ stdout: '', status: 64 });
      expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toBe('old');
    });
  });

  test('there is none for an export that nobody read to its end', async () => {
    await inFolder(async (cwd) => {
      const messages = Array.from({ length: 20_000 }, (_, id) => ({
        id,
        timestamp: '2024-04-29T00:00:00Z',
        text: 'a text',
      }));
      writeFileSync(join(cwd, 'm.json'), JSON.stringify({ messages }));
      const run = await runShell('o-copilot --csv --source m.json --receipt a.json | head -n 1', { cwd });
      expect(run.status).toBe(74);
      expect(run.stderr).toContain('nobody read the export to its end');
      expect(readdirSync(cwd)).toEqual(['m.json']);
    });
  });
});
