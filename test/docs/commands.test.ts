import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { BIN, inFolder } from '../process/run.js';
import { runMain, runPlain } from '../process/run-main.js';
import { type ServingProcess, startServeProcess } from '../service/start-serve.js';
import { type Block, blocksOf, DOCUMENTS, inlineCodeOf, type Step, stepsOf } from './markdown.js';

const KIND = 'fault D4 (what the documents show is what happens)';

/** `UPDATE_DOCS=1 npx vitest run test/docs` writes the output into the documents instead of comparing it; then read the diff. */
const UPDATE = process.env.UPDATE_DOCS === '1';

/** Commands that no test can run as they are written, and what is checked of them instead (their flags always are). */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|install --global o-copilot)\b/, 'test/process installs the package, and its scripts exist'],
  [/^npm (run|publish|pack|audit|version)\b/, 'its scripts exist'],
  [/^\d+ \d+ \* \* \* +o-copilot /, 'test/process/cron.test.ts runs the line'],
  [/^(#!|#SBATCH|set -|part=|mapred )/, 'Slurm and Hadoop: the page says that they were not run'],
  [/^o-copilot \w+.*\$part/, 'Slurm: the page says that it was not run'],
];

/** Documents about the flags of other programs. */
const FOREIGN_FLAGS = /known-limits|performance|distributed|csv-in-spreadsheets/;

/** Inline code that names more than it can run. */
const NOT_WHOLE = /…|\.\.\.|[A-Z]{2,}|<|\||\/data\/|^o-copilot serve/;

const blocks = DOCUMENTS.flatMap(blocksOf);
const sessions = blocks.filter(({ text }) => /^\$ /m.test(text));
const scripts = blocks.filter(
  (block) => !sessions.includes(block) && ['', 'sh', 'bash', 'shell', 'console'].includes(block.language),
);

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const NEEDED = ['jq', 'curl', 'parallel', 'bc', 'openssl', 'redis-cli', 'nginx', 'promtool', 'duckdb'];
const missingFor = (text: string) =>
  NEEDED.filter(
    (name) => new RegExp(`(^|[|;&(] *)${name} `, 'm').test(text.replaceAll(/^\$ /gm, '')) && !has(name),
  );

/** The program and its data as the documents presume them, in `folder`. */
function prepare(folder: string): Record<string, string> {
  const bin = join(folder, 'bin');
  const work = join(folder, 'work');
  for (const each of [bin, work]) mkdirSync(each);
  writeFileSync(join(bin, 'o-copilot'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n');
  for (const name of ['o-copilot', 'npx']) chmodSync(join(bin, name), 0o755);
  const sample: SampleData = JSON.parse(readFileSync('src/source/sample.json', 'utf8'));
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  writeFileSync(join(work, 'messages.json'), JSON.stringify(sample.messages));
  writeFileSync(join(work, 'messages.ndjson'), lines(sample.messages.messages));
  writeFileSync(join(work, 'reports.ndjson'), lines(Object.values(sample.reports)));
  return {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    O_COPILOT_SOURCE: 'sample',
    PARALLEL_HOME: folder,
  };
}

interface SampleData {
  readonly messages: { readonly messages: readonly unknown[] };
  readonly reports: Readonly<Record<string, unknown>>;
}

/** Puts what the commands of a block print now in place of what the document shows. */
function rewrite({ file, text }: Block, steps: readonly Step[]): void {
  const session = steps.map(({ command, output }) => `$ ${command}\n${output}`).join('');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(text, () => session),
  );
}

/** Where the documents' commands run in the tests' own process. */
const inWork = (folder: string) => ({ cwd: join(folder, 'work'), env: { O_COPILOT_SOURCE: 'sample' } });

/** Runs a step as a person would, stdout and stderr on one terminal. Services start on a port of their own. */
async function runStep(
  { command }: Step,
  folder: string,
  env: Record<string, string>,
  services: ServingProcess[],
) {
  const serve = /^(?:npx )?o-copilot serve (.*?) *&$/.exec(command)?.[1];
  if (serve !== undefined) {
    const args = serve
      .replace(/--port \d+/, '')
      .trim()
      .split(/ +/);
    services.push(await startServeProcess(args, { O_COPILOT_SOURCE: 'sample' }));
    return '';
  }
  const served = services.at(-1);
  const line = served === undefined ? command : command.replaceAll('http://127.0.0.1:8080', served.url);
  const run = await runPlain(line.replaceAll(/\\\n */g, ''), inWork(folder));
  if (run !== undefined) return (run.stderr + run.stdout).replaceAll('\r\n', '\n');
  // A service answers from another process, which needs none of this one's time.
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${line}`], {
    cwd: join(folder, 'work'),
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A terminal shows CR LF as LF.
  return stdout.replaceAll('\r\n', '\n');
}

describe('commands with a prompt', () => {
  test('there are some in the README', () => {
    expect(sessions.filter(({ file }) => file === 'README.md').length).toBeGreaterThanOrEqual(5);
  });

  for (const block of sessions) {
    const missing = missingFor(block.text);
    const need = missing.length === 0 ? '' : ` (needs ${missing.join(', ')})`;
    test.skipIf(missing.length > 0)(`${KIND}: ${block.where}${need}`, async () => {
      await inFolder(async (folder) => {
        const env = prepare(folder);
        const services: ServingProcess[] = [];
        const happened: Step[] = [];
        try {
          for (const step of stepsOf(block)) {
            const output = await runStep(step, folder, env, services);
            const shown = output.endsWith('\n') || output === '' ? output : `${output}\n`;
            happened.push({ ...step, output: shown });
            if (!UPDATE) expect({ ...step, output: shown }).toEqual(step);
          }
          if (UPDATE) rewrite(block, happened);
        } finally {
          for (const service of services) await service.stop();
        }
      });
    });
  }
});

describe('commands without one', () => {
  const commands = scripts.flatMap(({ where, text }) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('# '))
      .map((line) => [where, line.trim()] as const),
  );

  test.each(commands)(`${KIND}: %s has a prompt and its output, or a reason: %s`, (where, command) => {
    const isCommand = /^(npx |npm |o-copilot |\d+ \d+ )|\| *o-copilot /.test(command);
    if (isCommand)
      expect(
        NOT_RUN.some(([pattern]) => pattern.test(command)),
        where,
      ).toBe(true);
    for (const [, script = ''] of command.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:]+)/g)) {
      expect(Object.keys(manifest.scripts)).toContain(script);
    }
  });
});

describe('commands and flags in running text', () => {
  const flags = new Map<string, ReadonlySet<string>>();
  const help = async (...words: string[]) => (await runMain([...words, '--help'])).stdout;
  beforeAll(async () => {
    for (const [, name = ''] of (await help()).matchAll(/^ {2}([a-z]+)(?= \[| <)/gm)) {
      flags.set(name, new Set([...((await help(name)).match(/--[a-z][a-z-]*/g) ?? []), '--help']));
    }
    expect(flags.size).toBeGreaterThan(10);
  });

  /** Every `o-copilot …` of the documents, whether it is run or not. */
  const mentioned = [
    ...blocks.map(({ where, text }) => [where, text.replaceAll('\\\n', ' ')] as const),
    ...DOCUMENTS.flatMap((file) => inlineCodeOf(file).map((code) => [file, code] as const)),
  ]
    .flatMap(([where, text]) =>
      [...text.matchAll(/(?<![\w/.-])o-copilot( [^|;&'"\n)]*)?/g)].map(
        ([command]) => [where, command] as const,
      ),
    )
    .filter(([, command]) => command.includes(' --'));

  test.each(mentioned)(`${KIND}: %s has flags that exist in %s`, (_, command) => {
    const name = /^o-copilot ([a-z]+)/.exec(command)?.[1] ?? 'usage';
    const known = flags.get(name) ?? new Set();
    const unknown = (command.match(/(?<= )--[a-z][a-z-]*/g) ?? []).filter(
      (flag) => !known.has(flag) && !known.has(flag.replace('--no-', '--')) && flag !== '--version',
    );
    expect(unknown).toEqual([]);
  });

  test.each(DOCUMENTS.filter((file) => !FOREIGN_FLAGS.test(file)))(
    `${KIND}: %s names no flag that no command has`,
    (file) => {
      const all = new Set(['--version', ...[...flags.values()].flatMap((known) => [...known])]);
      const named = inlineCodeOf(file).flatMap((code) =>
        /^--[a-z]/.test(code) ? (code.match(/--[a-z][a-z-]*/g) ?? []) : [],
      );
      expect(named.filter((flag) => !all.has(flag))).toEqual([]);
    },
  );

  const whole = DOCUMENTS.flatMap((file) =>
    inlineCodeOf(file)
      .filter((code) => /^(npx )?o-copilot( |$)/.test(code) && !NOT_WHOLE.test(code))
      .map((code) => [file, code] as const),
  );

  test.each(whole)(`${KIND}: %s has a command that runs: %s`, async (_, code) => {
    await inFolder(async (folder) => {
      const env = prepare(folder);
      const cwd = join(folder, 'work');
      const run = await runPlain(code, inWork(folder));
      const { status, stderr } =
        run ?? spawnSync('bash', ['-c', code], { cwd, env, encoding: 'utf8', input: '' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });
  });
});
