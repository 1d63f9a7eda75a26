import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snapshotReportName } from '../../src/source/record.js';
import { nameProblem } from '../../src/source/source.js';
import { manyMessages } from './period.js';
import { BIN, inFolder, runBin } from './run.js';
import { runMain } from './run-main.js';

/** Whether this user may mount, in a namespace of its own. */
const mayMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

const LARGE = JSON.stringify({ messages: manyMessages(100_000) });

describe('other systems (folders that are missing)', () => {
  test.skipIf(!mayMount)('neither /dev nor a /tmp to write to (needs mount)', async () => {
    const bill = (await runMain(['--source', 'sample', '--json'])).stdout;
    const lines = [
      'mount -t tmpfs none /mnt && mount -t tmpfs none /dev && mount -t tmpfs -o ro none /tmp && cd /mnt',
      `run() { '${process.execPath}' '${BIN}' --source sample --json "$@"; }`,
      'run && run --output /dev/stdout && run --output -',
      'run --output bill.json --lock lock && ls -A && rm bill.json lock',
    ];
    const namespace = ['--mount', 'sh', '-ec', lines.join('\n')];
    const { stdout, stderr, status } = spawnSync('unshare', namespace, { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toBe(`${bill.repeat(3)}bill.json\nlock\n`);
  });

  test('TMPDIR elsewhere: a large result passes through it, and nothing is left there', async () => {
    await inFolder(async (TMPDIR) => {
      const run = await runBin(
        [
          '--source',
          '-',
          '--json',
          '--fields',
          'message_id,timestamp,credits_used,kind,date,characters,text',
        ],
        { input: LARGE, env: { TMPDIR } },
      );
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout.length).toBeGreaterThan(10_000_000);
      expect(readdirSync(TMPDIR)).toEqual([]);
    });
    const small = await runBin(['--source', 'sample', '--csv'], { env: { TMPDIR: '/missing' } });
    expect(small).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('other systems (line ends and paths of Windows in inputs)', () => {
  const crlf = (text: string) => text.replace(/\r?\n/g, '\r\n');

  test.each(['json', 'ndjson', 'csv', 'tsv'])(
    'an export with the other line ends is the same bill: %s',
    async (format) => {
      await inFolder(async (cwd) => {
        const { stdout } = await runMain(['--source', 'sample', `--${format}`]);
        writeFileSync(join(cwd, 'bill'), format === 'csv' ? stdout.replaceAll('\r\n', '\n') : crlf(stdout));
        const diff = await runMain(['diff', 'bill', '--source', 'sample'], { cwd });
        expect(diff).toMatchObject({ status: 0, stderr: '' });
        expect(diff.stdout).toContain('The two are equal.');
      });
    },
  );

  test('messages, reports, settings, rates, receipts and manifests with CRLF', async () => {
    await inFolder(async (cwd) => {
      const rewrite = (file: string) =>
        writeFileSync(join(cwd, file), crlf(readFileSync(join(cwd, file), 'utf8')));
      const line = (id: number) =>
        `{"id":${id},"timestamp":"2024-04-29T00:00:00Z","text":"a\\\\b","report_id":7}\r\n`;
      writeFileSync(join(cwd, 'reports.ndjson'), '{"id":7,"name":"C:\\\\R","credit_cost":1}\r\n');
      const priced = await runMain(
        ['price', '--reports', 'reports.ndjson', '--fields', 'message_id,report_name'],
        { cwd, input: line(1) + line(2) },
      );
      expect(priced.stdout).toBe(
        '{"message_id":1,"report_name":"C:\\\\R"}\n{"message_id":2,"report_name":"C:\\\\R"}\n',
      );
      writeFileSync(
        join(cwd, '.env'),
        'O_COPILOT_SOURCE=sample\r\n# a comment\r\n\r\nO_COPILOT_TIMEZONE="Asia/Tokyo"\r\n',
      );
      const csv = (await runMain(['--csv', '--output', 'bill.csv', '--receipt', 'receipt.json'], { cwd }))
        .stderr;
      expect(csv).toBe('');
      rewrite('receipt.json');
      expect((await runMain(['verify', 'bill.csv', 'receipt.json'], { cwd })).status).toBe(0);
      await runMain(['snapshot', 'april', '--quiet'], { cwd });
      rewrite('april/manifest.json');
      expect((await runMain(['--source', 'april', '--csv'], { cwd })).stdout).toBe(
        readFileSync(join(cwd, 'bill.csv'), 'utf8'),
      );
      writeFileSync(join(cwd, 'rates.json'), (await runMain(['rates', '--json'], { cwd })).stdout);
      rewrite('rates.json');
      expect((await runMain(['--rates', 'rates.json', '--csv'], { cwd })).stdout).toBe(
        readFileSync(join(cwd, 'bill.csv'), 'utf8'),
      );
    });
  });

  test.each(['C:\\new\\messages.json', '..\\messages.json'])(
    'a backslash is a character of a name: %s',
    async (path) => {
      await inFolder(async (cwd) => {
        writeFileSync(join(cwd, '.env'), `O_COPILOT_SOURCE=${path}\r\n`);
        for (const args of [['--source', path], []]) {
          const { status, stderr } = await runMain(args, { cwd });
          expect([status, stderr]).toEqual([
            66,
            `o-copilot: cannot read ${path}: no such file or directory\n`,
          ]);
        }
      });
    },
  );
});

test('other systems (names in a snapshot): none is reserved, or is another one in another case', () => {
  const anyId = fc.oneof(
    fc.integer(),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((id) => nameProblem(id) === undefined),
    fc.constantFrom(
      'con',
      'CON',
      'nul',
      'aux',
      'prn',
      'com1',
      'LPT9',
      'a',
      'A',
      'ß',
      'SS',
      'a*b',
      'a?b',
      'a:b',
      'a ',
      'a.',
      'con.x',
      '\u212a',
      'k',
    ),
  );
  fc.assert(
    fc.property(fc.uniqueArray(anyId, { maxLength: 20, selector: String }), (ids) => {
      const names = ids.map((id) => snapshotReportName(id));
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
      for (const name of names) {
        expect(name).toMatch(/^reports\/[a-z0-9%!'()~_-]{1,120}\.json$/);
        expect(name).not.toMatch(/\/(con|prn|aux|nul|com\d|lpt\d)\./);
      }
    }),
    { numRuns: 1000 },
  );
});
