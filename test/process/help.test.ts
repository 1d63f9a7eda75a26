import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { manPage } from '../../build/man.js';
import { commandLines } from '../../src/cli/help/layout.js';
import { TOPICS } from '../../src/cli/help/topics.js';
import { EXAMPLES } from '../../src/cli/options/declare.js';
import { createWholeProgram } from '../../src/cli/program.js';
import { ERRORS, SIGNAL_STATUS } from '../../src/errors.js';
import { runPty } from './pty.js';
import { runMain } from './run-main.js';

const COMMANDS = ['usage', 'summary', 'explain', 'diff', 'config', 'completion', 'help', 'serve', 'report'];
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe('help', () => {
  test('lists every command and topic, each line within 80 columns', async () => {
    const help = await runMain(['--help'], { env: { COLUMNS: '200' } });
    expect(help).toMatchObject({ stderr: '', status: 0 });
    for (const command of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const topic of ['exit-codes', 'environment', 'pricing']) {
      expect(help.stdout).toContain(`o-copilot help ${topic}`);
      const text = await runMain(['help', topic]);
      expect(text).toMatchObject({ stderr: '', status: 0 });
      expect(longest(text.stdout)).toBeLessThanOrEqual(80);
    }
    expect((await runMain(['help'])).stdout).toBe(help.stdout);
    const [, ...names] = help.stdout.matchAll(/^ {2}([a-z]+) /gm);
    for (const [, name = ''] of names) {
      const own = await runMain([name, '--help']);
      expect(own).toMatchObject({ stderr: '', status: 0 });
      expect(longest(own.stdout)).toBeLessThanOrEqual(80);
      expect((await runMain(['help', name])).stdout).toBe(own.stdout);
    }
  });

  test('help of a command has its examples', async () => {
    const { stdout } = await runMain(['diff', '--help']);
    expect(stdout).toContain('Examples:\n');
    expect(stdout).toContain('o-copilot diff april.csv\n');
  });

  test('the statuses of help and of the README are those of the table of errors', () => {
    const statuses = new Set([
      0,
      1,
      ...Object.values(ERRORS).map(({ exitCode }) => exitCode),
      ...Object.values(SIGNAL_STATUS),
    ]);
    const sorted = (codes: Iterable<number>) => [...codes].sort((a, b) => a - b);
    const explained = TOPICS['exit-codes'].sections.flatMap(({ entries }) =>
      entries.map(([status]) => Number(status)),
    );
    expect(sorted(explained)).toEqual(sorted(statuses));
    const [, table = ''] = /^## Exit status\n(.*?)^## /ms.exec(readFileSync('README.md', 'utf8')) ?? [];
    const rows = [...table.matchAll(/^\| ([\d, ]+) \|/gm)];
    expect(sorted(rows.flatMap(([, cell = '']) => cell.split(', ').map(Number)))).toEqual(sorted(statuses));
  });

  test('every variable that config knows is explained', async () => {
    const [config, topic] = await Promise.all([
      runMain(['config', '--json']),
      runMain(['help', 'environment']),
    ]);
    for (const { variable } of JSON.parse(config.stdout).settings) expect(topic.stdout).toContain(variable);
  });
});

describe('help on a terminal', () => {
  const KIND = 'fault D14 (help fits the terminal)';
  const TOPICS = ['exit-codes', 'environment', 'pricing'];
  const ALL = [...COMMANDS, 'verify', 'rates', 'snapshot', 'price', 'merge'];

  /** Everything that help says on a terminal of so many columns, by what it was asked about. */
  async function shownAt(columns: number): Promise<string[]> {
    const texts = [];
    for (const args of [['--help'], ...[...ALL, ...TOPICS].map((each) => ['help', each])]) {
      const { stdout, status } = await runMain(args, { columns });
      expect(status).toBe(0);
      texts.push(stdout);
    }
    return texts;
  }

  test(`${KIND}: a real terminal shows the same as a stream that says its columns`, async () => {
    const { shown } = await runPty('o-copilot help usage', { columns: 40 });
    expect(shown).toBe((await runMain(['help', 'usage'], { columns: 40 })).stdout);
  });

  test.for([40, 60, 200])(`${KIND}: every command and topic at %i columns`, async (columns) => {
    const texts = await shownAt(columns);
    expect(texts).toHaveLength(1 + ALL.length + TOPICS.length);
    for (const text of texts) {
      for (const line of text.split('\n')) {
        // A quoted word of an example is not broken, nor is a word.
        if (/^ *\S+( \\)?$/.test(line) || /^ *'[^']*'/.test(line)) continue;
        expect(line.length, line).toBeLessThanOrEqual(Math.min(columns, 100));
      }
    }
    // Words are only moved, and a broken command line says that it goes on.
    const words = (text: string) => text.replaceAll(' \\\n', '\n').split(/\s+/);
    const piped = await runMain(['usage', '--help']);
    expect(words(texts[1] ?? '').filter((word) => word !== '#')).toEqual(
      words(piped.stdout).filter((word) => word !== '#'),
    );
  });

  test(`${KIND}: off a terminal it has 80 columns, whatever COLUMNS says`, async () => {
    const plain = await runMain(['usage', '--help']);
    for (const COLUMNS of ['40', '200']) {
      expect((await runMain(['usage', '--help'], { env: { COLUMNS } })).stdout).toBe(plain.stdout);
    }
  });

  test(`${KIND}: a command line that was broken is still the same command`, async () => {
    const program = await createWholeProgram({ host: process, signal: new AbortController().signal });
    const lines = program.commands
      .flatMap((command) => EXAMPLES.get(command) ?? [])
      .map(([line]) => line)
      .filter((line) => line.startsWith('o-copilot') && !line.endsWith('source'));
    /** The words of each command, as bash sees them. */
    const echo = (commands: readonly string[]) => {
      const script = `o-copilot() { printf '%s|' "$@"; }; jq() { cat; printf '%s|' "$@"; }; ${commands.join('\necho\n')}`;
      return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n');
    };
    const whole = echo(lines);
    expect(whole).toHaveLength(lines.length);
    for (const width of [20, 40, 60]) {
      expect(echo(lines.map((line) => commandLines(line, width).join('\n')))).toEqual(whole);
    }
  });
});

describe('a wrong word suggests the nearest', () => {
  test.each([
    [['sumary'], "unknown command 'sumary' (Did you mean summary?)"],
    [['usage', '--jsno'], "unknown option '--jsno' (Did you mean --json?)"],
    [['--format', 'jsn'], 'got "jsn" (did you mean json?)'],
    [['--format', 'NDJSON'], 'got "NDJSON" (did you mean ndjson?)'],
    [['--kind', 'missing'], 'got "missing" (did you mean missing-report?)'],
    [['--fields', 'message_id,credits'], 'got "credits" (did you mean credits_used?)'],
    [['summary', '--by', 'weeks'], 'got "weeks" (did you mean week?)'],
    [['help', 'exitcodes'], 'got "exitcodes" (did you mean exit-codes?)'],
  ])('%j', async (args, message) => {
    const run = await runMain(args);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(message);
  });

  test('but not a far one', async () => {
    expect((await runMain(['--format', 'parquet'])).stderr).not.toContain('did you mean');
  });
});

describe('the man page', () => {
  test('is the one that the program gives; build/man.ts writes it', async () => {
    expect(readFileSync('man/o-copilot.1', 'utf8')).toBe(await manPage());
  });

  test.skipIf(!has('man'))('man shows it without a warning', () => {
    const shown = spawnSync('man', ['--warnings', '--local-file', 'man/o-copilot.1'], {
      env: { PATH: process.env.PATH ?? '', MANWIDTH: '80', LC_ALL: 'C.UTF-8', MANROFFSEQ: '' },
      encoding: 'utf8',
    });
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    for (const text of ['--duplicates <rule>', 'EXIT STATUS', 'O_COPILOT_SOURCE', 'o-copilot explain']) {
      expect(shown.stdout.replaceAll('\u2010', '-')).toContain(text);
    }
  });

  test.skipIf(spawnSync('mandoc', ['-Tlint', '/dev/null']).error !== undefined)(
    'mandoc finds no error',
    () => {
      execFileSync('mandoc', ['-Tlint', '-Wwarning', 'man/o-copilot.1']);
    },
  );
});

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}
