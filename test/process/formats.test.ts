import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOCUMENT_FORMATS, declarationOf, ROW_FORMATS, SUMMARY_FORMATS } from '../../src/format/formats.js';
import { startUpstream } from '../upstream.js';
import { manyMessages, oneReport } from './period.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const NAMES = [
  '=1+1',
  "'=1+1",
  "''=1+1",
  'x;=1+1',
  'a\tb',
  'a\\tb',
  'a\r\nb',
  '\t=1',
  "'",
  '\\',
  '"q"',
  '"',
  'a,b',
  ' lead ',
  "\\'=1",
  '\ud800x',
  'x\udc00',
  'plain',
];

const source = () =>
  startUpstream({
    messages: { messages: manyMessages(NAMES.length, (index) => ({ report_id: index })) },
    reports: Object.fromEntries(
      NAMES.map((name, id) => [id, `{"id":${id},"name":${JSON.stringify(name)},"credit_cost":9.1}`]),
    ),
  });

describe('fault B3 (the ending of --output says the format, or nothing is written)', () => {
  test.each([
    ['usage', 'u.ods', ROW_FORMATS],
    ['usage', 'u.arrow', ROW_FORMATS],
    ['usage', 'u.org', ROW_FORMATS],
    ['usage', 'bill.2024-04', ROW_FORMATS],
    ['usage', 'u.csv.gz', ROW_FORMATS],
    ['summary', 's.html', SUMMARY_FORMATS],
    ['rates', 'r.csv', DOCUMENT_FORMATS],
    ['config', 'c.yaml', DOCUMENT_FORMATS],
  ])('%s --output %s: 64, names the formats and --format', async (command, file, formats) => {
    await inFolder(async (folder) => {
      const env = { O_COPILOT_SOURCE: 'sample' };
      const run = await runMain([command, '--output', file], { cwd: folder, env });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(run.stderr).toMatch(/^o-copilot: --output: .*; say --format, or end it in \.json, /);
      expect(run.stderr).toContain(`the formats are ${formats.join(', ')};`);
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test.each([
    [
      ['price', '--output', 'p.csv'],
      '--output: p.csv means csv, but what is written is ndjson; end it in .ndjson or .jsonl',
    ],
    [
      ['price', '--output', 'p.json'],
      '--output: p.json means json, but what is written is ndjson; end it in .ndjson or .jsonl',
    ],
    [
      ['report', 'r.csv'],
      '<file.html>: r.csv means csv, but what is written is html; end it in .html or .htm',
    ],
  ])('a command of one format: %j', async (args, message) => {
    await inFolder(async (folder) => {
      const run = await runMain([...args, '--source', 'sample'], { cwd: folder });
      expect(run).toMatchObject({ status: 64, stdout: '', stderr: `o-copilot: ${message}\n` });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  test('with --format any ending will do, and so does a name without one', async () => {
    await inFolder(async (folder) => {
      const write = async (...flags: string[]) => {
        const run = await runMain(['usage', '--source', 'sample', ...flags], { cwd: folder });
        expect(run).toMatchObject({ status: 0, stdout: '' });
      };
      await write('--output', 'u.ods', '--format', 'csv');
      await write('--output', 'u.dat', '--json');
      await write('--output', 'plain');
      expect(readFileSync(join(folder, 'u.ods'), 'utf8')).toMatch(/^message_id,/);
      expect(readFileSync(join(folder, 'u.dat'), 'utf8')).toMatch(/^\{"usage":/);
      expect(readFileSync(join(folder, 'plain'), 'utf8')).toMatch(/^ Message/);
    });
  });

  test('each ending of the list of formats writes what its flag writes', async () => {
    await inFolder(async (folder) => {
      const formats = SUMMARY_FORMATS.filter((format) => declarationOf(format).endings.length > 0);
      const written = formats.map(async (format) => {
        const said = await runMain(['--source', 'sample', `--${format}`]);
        for (const ending of declarationOf(format).endings) {
          const path = join(folder, `bill${ending.toUpperCase()}`);
          const run = await runMain(['--source', 'sample', '--output', path]);
          expect(run, ending).toMatchObject({ status: 0, stderr: '' });
          expect(readFileSync(path, 'utf8'), ending).toBe(said.stdout);
        }
      });
      await Promise.all(written);
    });
  });

  test('help, --format and completion offer every format of the list', async () => {
    const help = (await runMain(['usage', '--help'])).stdout;
    const completion = (await runMain(['completion', 'bash'])).stdout;
    const refused = await runMain(['--format', 'ods']);
    expect(refused.status).toBe(64);
    for (const format of ROW_FORMATS) {
      expect(help).toContain(`--${format} `);
      expect(completion).toContain(`--${format}`);
      expect(refused.stderr).toContain(format);
    }
  });
});

describe('fault B6 (a delimiter that makes the file unreadable is refused)', () => {
  test.each([
    '_',
    'a',
    'Z',
    '0',
    '-',
    '+',
    '.',
    ':',
    "'",
    '"',
    ' ',
    '=',
    '@',
    '\n',
    '\r',
    '',
    ',,',
    'é',
    '€',
  ])('%j', async (delimiter) => {
    const run = await runMain(['--csv', '--source', 'sample', `--delimiter=${delimiter}`]);
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toContain('--delimiter');
  });

  test('what is left can be read back', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'bill.csv');
      for (const delimiter of '!#$%&()*,/;<>?[]^`{|}~\t') {
        await runMain(['--csv', '--source', 'sample', `--delimiter=${delimiter}`, '--output', path]);
        const diff = await runMain(['diff', path, '--source', 'sample']);
        expect(diff, delimiter).toMatchObject({ status: 0, stderr: '' });
      }
    });
  });
});

test('fault B7 fault B8 (diff of two formats of one bill sees no change): every format and flag', async () => {
  const upstream = await source();
  const flags = [
    ['--json'],
    ['--ndjson'],
    ['--csv'],
    ['--csv', '--no-formula-guard', '--bom'],
    ['--csv', '--delimiter', ';'],
    ['--csv', '--delimiter', 'tab', '--no-formula-guard'],
    ['--tsv'],
    ['--tsv', '--no-formula-guard', '--bom'],
  ];
  await inFolder(async (folder) => {
    for (const [index, each] of flags.entries()) {
      const output = join(folder, `${index}`);
      const run = await runMain(['--source', upstream.url, ...each, '--output', output]);
      expect(run).toMatchObject({ status: 0, stderr: '' });
    }
    for (const index of flags.keys()) {
      const next = join(folder, `${(index + 1) % flags.length}`);
      const pair = await runMain(['diff', join(folder, `${index}`), next]);
      expect(pair.stdout, flags[index]?.join(' ')).toContain('The two are equal');
      const live = await runMain(['diff', join(folder, `${index}`), '--source', upstream.url]);
      expect(live.stdout, flags[index]?.join(' ')).toContain('The two are equal');
    }
  });
  await upstream.close();
});

test('fault B8 (no reader splits a text cell): the usual separators are quoted whatever --delimiter is', async () => {
  const upstream = await startUpstream(oneReport('x;=1+1'));
  for (const delimiter of [',', '|']) {
    const { stdout } = await runMain(['--csv', '--source', upstream.url, '--delimiter', delimiter]);
    expect(stdout).toContain('"x;=1+1"');
    const focus = await runMain(['--focus', '--source', upstream.url]);
    expect(focus.stdout).toContain('"x;=1+1"');
    const summary = await runMain(['summary', '--by', 'report', '--csv', '--source', upstream.url]);
    expect(summary.stdout).toContain('"x;=1+1"');
  }
  await upstream.close();
});

describe('fault B13 (half a surrogate pair is U+FFFD in every format)', () => {
  const input = `{"messages":[{"id":1,"timestamp":"2024-04-29T00:00:00Z","text":"\\udc00 a \\ud800"}]}`;
  const text = '\uFFFD a \uFFFD';

  test('names and texts, in rows, explain, price and the page', async () => {
    const upstream = await startUpstream(oneReport('\ud800x'));
    for (const format of ['json', 'ndjson', 'csv', 'tsv', 'focus', 'html']) {
      const { stdout } = await runMain([`--${format}`, '--source', upstream.url]);
      const [line = ''] = /^.*(\uFFFD|\\ufffd)x.*$/m.exec(stdout) ?? [];
      expect(line, format).not.toBe('');
      expect(line, format).not.toMatch(/\\ud8/i);
    }
    const table = await runMain(['--source', upstream.url]);
    expect(table.stdout).toContain('\\u{fffd}x');
    await upstream.close();

    const fields = ['--fields', 'text', '--source', '-'];
    const json = await runMain(['--json', ...fields], { input });
    expect(JSON.parse(json.stdout)).toEqual({ usage: [{ text }] });
    expect((await runMain(['--csv', ...fields], { input })).stdout).toContain(text);
    expect((await runMain(['--tsv', ...fields], { input })).stdout).toContain(text);
    const explained = await runMain(['explain', '1', '--json', '--source', '-'], { input });
    expect(explained.stdout).not.toMatch(/\\ud8/i);
    const line = '{"id":1,"timestamp":"2024-04-29T00:00:00Z","text":"a","report_id":7}';
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'r.json'), '{"id":7,"name":"\\ud800x","credit_cost":1}');
      const priced = await runMain(['price', '--reports', 'r.json'], { input: line, cwd: folder });
      expect(JSON.parse(priced.stdout)).toMatchObject({ report_name: '\uFFFDx' });
    });
  });

  test.skipIf(spawnSync('jq', ['--version']).status !== 0)('jq reads it (needs jq)', async () => {
    const upstream = await startUpstream(oneReport('\ud800x'));
    const { stdout } = await runMain(['--json', '--source', upstream.url]);
    await upstream.close();
    const jq = spawnSync('jq', ['-r', '.usage[0].report_name'], { input: stdout, encoding: 'utf8' });
    expect(jq).toMatchObject({ status: 0, stdout: '\uFFFDx\n' });
  });

  test('a text is priced all the same; a report id is refused, since nobody can ask for it', async () => {
    const priced = await runMain(['--json', '--source', '-'], { input });
    expect(JSON.parse(priced.stdout).usage[0].credits_used).toBe(2);
    const asked = input.replace('"text"', '"report_id":"\\ud800","text"');
    const refused = await runMain(['--json', '--source', '-'], { input: asked });
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toMatch(/message 1.*report_id/);
  });

  test('an old export with the halves is the same bill', async () => {
    const upstream = await startUpstream(oneReport('\ud800x'));
    await inFolder(async (folder) => {
      const old = join(folder, 'old.json');
      await runMain(['--json', '--source', upstream.url, '--output', old]);
      const asBefore = readFileSync(old, 'utf8').replace('\\ufffd', '\\ud800');
      expect(asBefore).toContain('\\ud800x');
      writeFileSync(old, asBefore);
      const diff = await runMain(['diff', old, '--source', upstream.url]);
      expect(diff).toMatchObject({ status: 0, stderr: '' });
    });
    await upstream.close();
  });
});
