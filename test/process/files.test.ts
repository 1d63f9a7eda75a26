import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traitsOf } from '../../src/cli/options/declare.js';
import { createWholeProgram } from '../../src/cli/program.js';
import { inFolder } from './run.js';
import { runLine, runMain } from './run-main.js';

const MESSAGES = { messages: [{ id: 1, timestamp: '2024-04-01T00:00:00Z', text: 'hi', report_id: 1 }] };
const REPORT = { id: 1, name: 'A', credit_cost: 3 };
const RATES = '{"rates":[]}';

/** A folder with one of each input. */
async function inTree(use: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (cwd) => {
    const write = (name: string, content: string) => writeFileSync(join(cwd, name), content);
    mkdirSync(join(cwd, 'reports'));
    mkdirSync(join(cwd, 'sub'));
    write('m.json', JSON.stringify(MESSAGES));
    write('lines.ndjson', `${JSON.stringify(MESSAGES.messages[0])}\n`);
    write('reports/1.json', JSON.stringify(REPORT));
    write('all.ndjson', JSON.stringify(REPORT));
    write('rates.json', RATES);
    write('bill.json', '{"usage":[]}\n');
    write('settings.env', 'O_COPILOT_RETRIES=1\n');
    await use(cwd);
  });
}

/** Every file by its path, with what it holds; links to folders are not followed. */
function contentsOf(folder: string, under = ''): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(folder, under)).flatMap((name) => {
      const path = join(under, name);
      const found = join(folder, path);
      if (lstatSync(found).isDirectory()) return Object.entries(contentsOf(folder, path));
      return existsSync(found) && statSync(found).isFile() ? [[path, readFileSync(found, 'utf8')]] : [];
    }),
  );
}

describe.concurrent('fault B1 (a run never writes to what it reads): 64, both named, nothing touched', () => {
  const SNAPSHOT = 'o-copilot snapshot --source m.json snap';
  test.for([
    [
      'usage',
      'o-copilot usage --json --source m.json --output m.json',
      '--output m.json and --source m.json',
    ],
    [
      'a symbolic link',
      'ln -s m.json l; o-copilot --source m.json --csv --output l',
      '--output l and --source',
    ],
    ['a link as the source', 'ln -s m.json l; o-copilot --source l --output m.json', '--source l'],
    ['a hard link', 'ln m.json h; o-copilot --source m.json --csv --output h', '--output h'],
    ['another spelling', 'o-copilot --source m.json --output sub/../m.json', 'sub/../m.json'],
    ['a link to the folder', 'ln -s . here; o-copilot --source m.json --output here/m.json', 'here/m.json'],
    ['an absolute path', 'o-copilot --source m.json --output "$PWD/m.json"', '--source m.json'],
    ['a report', 'o-copilot --source m.json --output reports/1.json', 'the reports of --source'],
    [
      'a new file in reports/',
      'o-copilot --source m.json --output reports/2.json',
      'the reports of --source',
    ],
    [
      'a hard link of a report',
      'ln reports/1.json h; o-copilot --source m.json --csv --output h',
      'the reports of',
    ],
    [
      'what a report links to',
      'mv reports/1.json sub/1.json; ln -s ../sub/1.json reports; o-copilot --source m.json --output sub/1.json',
      'the reports of --source',
    ],
    ['reports beside stdin', 'cat m.json | o-copilot --source - --output reports/1.json', 'the reports of'],
    ['a member of a snapshot', `${SNAPSHOT}; o-copilot --source snap --output snap/messages.json`, 'snap'],
    ['a new file in a snapshot', `${SNAPSHOT}; o-copilot --source snap --output snap/reports/5.json`, 'snap'],
    ['a snapshot over its source', `${SNAPSHOT}; o-copilot snapshot --source snap snap`, 'the folder snap'],
    ['a snapshot in its source', `${SNAPSHOT}; o-copilot snapshot --source snap snap/again`, 'snap/again'],
    [
      'a snapshot over an empty reports/',
      'rm reports/*; o-copilot snapshot --source m.json reports',
      'the folder reports and the reports of --source',
    ],
    ['the variable', 'O_COPILOT_SOURCE=m.json o-copilot --output m.json', 'O_COPILOT_SOURCE m.json'],
    ['.env', 'echo O_COPILOT_SOURCE=m.json >.env; o-copilot --output m.json', '.env line 1'],
    [
      '.env itself',
      'echo O_COPILOT_SOURCE=m.json >.env; o-copilot --csv --output .env',
      '--output .env and .env',
    ],
    [
      '--env-file',
      'o-copilot --source m.json --env-file settings.env --csv --output settings.env',
      '--env-file',
    ],
    ['--rates', 'o-copilot --source m.json --rates rates.json --output rates.json', '--rates rates.json'],
    ['rates', 'o-copilot rates --json --rates rates.json --output rates.json', '--rates rates.json'],
    ['--receipt', 'o-copilot --source m.json --output x.csv --receipt m.json', '--receipt m.json'],
    [
      '--metrics',
      'o-copilot --source m.json --output x.csv --metrics reports/m.prom',
      '--metrics reports/m.prom',
    ],
    ['--lock', ': >empty; o-copilot --source empty --output x.csv --lock empty', '--lock empty'],
    ['summary', 'o-copilot summary --json --source m.json --output m.json', '--source m.json'],
    ['report', 'o-copilot report --source m.json m.json', 'm.json and --source m.json'],
    ['explain', 'o-copilot explain 1 --json --source m.json --output m.json', '--source m.json'],
    ['diff OLD', 'o-copilot diff bill.json --json --source m.json --output bill.json', '--output bill.json'],
    ['diff NEW', 'o-copilot diff m.json bill.json --json --output bill.json', '--output bill.json'],
    [
      'verify',
      'o-copilot verify bill.json r.json --json --output bill.json',
      '--output bill.json and bill.json',
    ],
    [
      'price --reports',
      'o-copilot price --reports all.ndjson --output all.ndjson <lines.ndjson',
      '--reports',
    ],
    ['price stdin', 'o-copilot price --reports all.ndjson --output lines.ndjson <lines.ndjson', 'stdin'],
    [
      'summary --from-priced',
      'o-copilot summary --json --output bill.json --from-priced bill.json',
      'bill.json',
    ],
    ['stdout at an input', 'o-copilot --json --source m.json >>m.json', 'stdout and --source m.json'],
    ['stdin and stdout', 'o-copilot --json --source - <m.json >>m.json', 'stdout and stdin'],
    [
      'a filter in place',
      'o-copilot price --reports all.ndjson <lines.ndjson >>lines.ndjson',
      'stdout and stdin',
    ],
    ['/dev/stdout', 'o-copilot --json --source m.json --output /dev/stdout >>m.json', 'stdout and --source'],
    ['/dev/fd/3', 'o-copilot --json --source m.json --output /dev/fd/3 3>>m.json', '--output /dev/fd/3'],
    ['config', 'echo O_COPILOT_SOURCE=m.json >.env; o-copilot config >>.env', 'stdout and .env'],
    [
      'serve, its messages',
      'o-copilot serve --port 0 --source m.json --address-file m.json',
      '--address-file m.json and --source m.json',
    ],
    [
      'serve, a report',
      'o-copilot serve --port 0 --source m.json --address-file reports/1.json',
      'the reports of --source',
    ],
    [
      'serve, all in variables',
      'O_COPILOT_SOURCE=m.json O_COPILOT_ADDRESS_FILE=./m.json o-copilot serve --port 0',
      'O_COPILOT_ADDRESS_FILE ./m.json and O_COPILOT_SOURCE m.json',
    ],
    [
      'serve, its tokens in a variable',
      'echo x >t; ln -s t l; O_COPILOT_TOKENS=t o-copilot serve --source sample --address-file l',
      '--address-file l and O_COPILOT_TOKENS t',
    ],
    [
      'serve --hash-token',
      'echo a-token-of-20-characters >t; o-copilot serve --hash-token n <t >>t',
      'stdin',
    ],
  ])('%s', async ([, line = '', names = '']) => {
    await inTree(async (cwd) => {
      const { program, ...before } = await afterSetUp(line, cwd);
      const run = await runLine(program, { cwd });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(run.stderr).toContain(names);
      expect(run.stderr).toContain('never writes to a file or folder that it reads');
      expect(contentsOf(cwd)).toEqual(before.contents);
    });
  });

  /** Runs all but the last command of a line. */
  async function afterSetUp(line: string, cwd: string) {
    const end = line.lastIndexOf('; ') + 1;
    expect(await runLine(line.slice(0, end) || ':', { cwd })).toMatchObject({ status: 0, stderr: '' });
    return { program: line.slice(end).trim(), contents: contentsOf(cwd) };
  }

  test('what a killed run left is not removed by the run that reads it', async () => {
    await inTree(async (cwd) => {
      const left = '.bill.csv.0123456789abcdef-999999999-abc.tmp';
      writeFileSync(join(cwd, left), JSON.stringify(MESSAGES));
      const run = await runMain(['--source', left, '--output', 'bill.csv'], { cwd });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(existsSync(join(cwd, left))).toBe(true);
    });
  });

  test('a command line that is wrong elsewhere writes no metrics into an input either', async () => {
    await inTree(async (cwd) => {
      const before = contentsOf(cwd);
      for (const wrong of ['--nope', '--retries=many', 'more words']) {
        const run = await runLine(`o-copilot usage --source m.json --metrics m.json ${wrong}`, { cwd });
        expect(run).toMatchObject({ status: 64, stdout: '' });
      }
      expect(contentsOf(cwd)).toEqual(before);
    });
  });

  test.for([
    ['--output x --receipt x', '--output x and --receipt x name the same file'],
    ['--output x --metrics ./x', '--output x and --metrics ./x name the same file'],
    ['--output x --lock sub/../x', 'name the same file'],
    ['--receipt x >x', '--receipt x and stdout name the same file'],
    ['--receipt r --metrics l --output x', '--receipt r and --metrics l name the same file'],
  ])('one file for two results: %s', async ([flags, names]) => {
    await inTree(async (cwd) => {
      symlinkSync('r', join(cwd, 'l'));
      const run = await runLine(`o-copilot --csv --source m.json ${flags}`, { cwd });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(run.stderr).toContain(names);
      expect(contentsOf(cwd).r).toBeUndefined();
    });
  });

  test('metrics inside the folder that a snapshot makes', async () => {
    await inTree(async (cwd) => {
      const run = await runMain(['snapshot', 'snap', '--source', 'm.json', '--metrics', 'snap/m.prom'], {
        cwd,
      });
      expect(run).toMatchObject({ status: 64 });
      expect(run.stderr).toContain('the folder snap and --metrics snap/m.prom: one is inside the other');
    });
  });

  test('what is no overlap goes on', async () => {
    await inTree(async (cwd) => {
      writeFileSync(join(cwd, 'old.csv'), 'old');
      linkSync(join(cwd, 'old.csv'), join(cwd, 'hard.csv'));
      for (const line of [
        'o-copilot --source m.json --output bill.csv --receipt r.json --metrics m.prom --lock lock',
        'o-copilot --source m.json --csv >all.log 2>&1',
        'o-copilot --source m.json --json --output /dev/null >/dev/null </dev/null',
        'o-copilot --source m.json --output hard.csv',
        'o-copilot summary --json --source m.json | o-copilot merge --json - >sum.json',
        'o-copilot diff bill.csv bill.csv --json >diff.json',
      ]) {
        expect({ line, ...(await runLine(line, { cwd })) }).toMatchObject({ line, status: 0, stderr: '' });
      }
      expect(readFileSync(join(cwd, 'old.csv'), 'utf8')).toBe('old');
    });
  });
});

describe.concurrent('fault B2 (no input is counted twice): 64', () => {
  const SUMMARY = 'o-copilot summary --json --source m.json --output part.1.json';
  test.for([
    ['merge part.1.json part.1.json', 'would be counted twice'],
    ['merge part.1.json ./part.1.json', 'part.1.json and ./part.1.json are the same file'],
    ['merge part.*.json', 'part.1.json and part.2.json are the same file'],
    ['merge part.1.json part.3.json', 'would be counted twice'],
    ['merge part.1.json - <part.1.json', 'part.1.json and stdin are the same file'],
    ['merge - - <part.1.json', 'stdin cannot be both of two inputs'],
    ['merge - /dev/stdin < <(cat part.1.json)', 'can be read once only'],
    ['merge --json part.*.json --output part.3.json', 'never writes to a file or folder that it reads'],
    ['summary --from-priced p.ndjson p.ndjson', 'would be counted twice'],
    ['summary --from-priced p.ndjson q.ndjson', 'would be counted twice'],
  ])('%s', async ([line, says]) => {
    await inTree(async (cwd) => {
      expect(await runLine(SUMMARY, { cwd })).toMatchObject({ status: 0 });
      symlinkSync('part.1.json', join(cwd, 'part.2.json'));
      linkSync(join(cwd, 'part.1.json'), join(cwd, 'part.3.json'));
      writeFileSync(join(cwd, 'p.ndjson'), '');
      linkSync(join(cwd, 'p.ndjson'), join(cwd, 'q.ndjson'));
      const before = contentsOf(cwd);
      const run = await runLine(`o-copilot ${line}`, { cwd });
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(run.stderr).toContain(says);
      expect(contentsOf(cwd)).toEqual(before);
    });
  });

  test('a copy of a part is added, as two partitions may add up alike, and noted', async () => {
    await inTree(async (cwd) => {
      await runLine(`${SUMMARY}; cp part.1.json copy.json`, {
        cwd,
      });
      const noted = await runLine('o-copilot merge --json part.1.json copy.json', { cwd });
      expect(noted).toMatchObject({
        status: 0,
        stderr: 'o-copilot: part.1.json and copy.json are the same to the byte; both are added\n',
      });
    });
  });

  test('a merge into a file that its own pattern finds next time changes nothing then', async () => {
    await inTree(async (cwd) => {
      await runLine(SUMMARY, { cwd });
      const merge = 'o-copilot merge --json part.*.json --output part.all.json';
      expect(await runLine(merge, { cwd })).toMatchObject({ status: 0 });
      const first = readFileSync(join(cwd, 'part.all.json'), 'utf8');
      expect(await runLine(merge, { cwd })).toMatchObject({ status: 64 });
      expect(readFileSync(join(cwd, 'part.all.json'), 'utf8')).toBe(first);
    });
  });
});

describe.concurrent('a file beside the result is none that is named -: 64, and nothing is written', () => {
  test.for([
    ['usage --metrics - --json', '--metrics: needs the name of a file'],
    ['usage --metrics= --csv', '--metrics: needs the name of a file'],
    ['usage --metrics=/dev/stdout', '--metrics: needs the name of a file'],
    ['usage --lock - --output bill.csv', '--lock: needs the name of a file'],
    ['usage --receipt - --output bill.csv', '--receipt: needs the name of a file'],
    ['budget 5 --once -', '--once: needs the name of a file'],
    ['budget 5 --once /dev/stdout', '--once: needs the name of a file'],
    ['snapshot -', '<folder>: needs the name of a folder'],
    ['serve --address-file -', '--address-file: needs the name of a file'],
  ] as const)('%s', async ([line, problem]) => {
    await inFolder(async (cwd) => {
      const run = await runMain([...line.split(' '), '--source', 'sample'], { cwd });
      expect(run).toMatchObject({ stdout: '', status: 64 });
      expect(run.stderr).toContain(problem);
      expect(readdirSync(cwd)).toEqual([]);
    });
  });

  test('in a variable it is a wrong setting; --metrics says how the run failed', async () => {
    await inFolder(async (cwd) => {
      const env = { O_COPILOT_ADDRESS_FILE: '-' };
      const set = await runMain(['serve', '--source', 'sample'], { cwd, env });
      expect(set).toMatchObject({ stdout: '', status: 78 });
      expect(set.stderr).toContain('O_COPILOT_ADDRESS_FILE: needs the name of a file');
      await runMain(['--source', 'sample', '--lock', '-', '--metrics', 'o.prom'], { cwd });
      expect(readdirSync(cwd)).toEqual(['o.prom']);
      expect(readFileSync(join(cwd, 'o.prom'), 'utf8')).toContain('\no_copilot_exit_status 64\n');
    });
  });
});

test.each([
  [['diff', ''], 'file: needs the name of a file'],
  [['diff', 'm.json', '', '--json'], 'file: needs the name of a file'],
  [['history', ''], 'file: needs the name of a file'],
  [['merge', 's.json', ''], 'file: needs the name of a file'],
  [['verify', '', 'r.json'], 'file: needs the name of a file'],
  [['price', '--reports', ''], '--reports: needs the name of a file'],
  [['--source', 'sample', '--rates', ''], '--rates: needs the name of a file'],
  [['--source', 'sample', '--lock', ''], '--lock: needs the name of a file'],
  [['snapshot', '', '--source', 'sample'], '<folder>: needs the name of a folder'],
])(
  'an empty name, as of an unset variable in a script, is a wrong command line: %j',
  async (words, problem) => {
    await inFolder(async (cwd) => {
      const run = await runMain(words, { cwd });
      expect(run).toMatchObject({ stdout: '', status: 64 });
      expect(run.stderr).toContain(`${problem}, not ''`);
      expect(readdirSync(cwd)).toEqual([]);
    });
  },
);

test('fault B1 (property): whatever is combined, no input byte changes', { timeout: 120_000 }, async () => {
  const INPUTS = ['m.json', 'lines.ndjson', 'all.ndjson', 'bill.json', 'rates.json', 'settings.env'];
  const PLACES = [...INPUTS, 'reports/1.json', 'reports/2.json', 'reports', '.'];
  const FREE = ['new', 'sub/new', 'old', 'sub/old', 'newer'];
  const spelling = fc.constantFrom<(path: string) => string>(
    (path) => path,
    (path) => `./${path}`,
    (path) => `sub/../${path}`,
    (path) => `here/${path}`,
    (path) => `${path}.link`,
    (path) => `${path}.hard`,
  );
  const place = fc
    .tuple(fc.oneof(fc.constantFrom(...PLACES), fc.constantFrom(...FREE)), spelling)
    .map(([path, spell]) => spell(path));
  const input = fc.tuple(fc.constantFrom(...INPUTS), spelling).map(([path, spell]) => spell(path));
  const command = fc.oneof(
    fc.constant(['usage', '--source', 'm.json']),
    fc.constant(['summary', '--source', 'm.json.link']),
    input.map((path) => ['usage', '--source', path]),
    input.map((path) => ['summary', '--source', path]),
    input.map((path) => ['summary', '--from-priced', path]),
    fc.tuple(input, input).map(([path, rates]) => ['usage', '--source', path, '--rates', rates]),
    fc.tuple(input, input).map(([path, env]) => ['explain', '1', '--source', path, '--env-file', env]),
    fc.tuple(input, input).map((paths) => ['diff', ...paths]),
    fc.tuple(input, input).map((paths) => ['merge', ...paths]),
    fc.tuple(input, input).map((paths) => ['verify', ...paths]),
    input.map((path) => ['price', '--reports', path]),
    fc.tuple(place, input).map(([to, path]) => ['report', to, '--source', path]),
    fc.tuple(place, input).map(([to, path]) => ['snapshot', to, '--source', path]),
  );
  const outputs = fc.dictionary(fc.constantFrom('--output', '--receipt', '--metrics', '--lock'), place, {
    minKeys: 1,
    maxKeys: 3,
  });
  const KNOWN: Record<string, readonly string[]> = {
    usage: ['--output', '--receipt', '--metrics', '--lock'],
    summary: ['--output', '--receipt'],
    report: ['--receipt', '--metrics', '--lock'],
    snapshot: ['--metrics', '--lock'],
  };
  const statuses = new Map<number | null, number>();

  await fc.assert(
    fc.asyncProperty(command, outputs, async ([name = '', ...args], written) => {
      await inTree(async (cwd) => {
        symlinkSync('.', join(cwd, 'here'));
        for (const path of ['old', 'sub/old']) writeFileSync(join(cwd, path), 'old');
        for (const path of [...INPUTS, 'reports/1.json', 'old', 'sub/old']) {
          symlinkSync(join(cwd, path), join(cwd, `${path}.link`));
          linkSync(join(cwd, path), join(cwd, `${path}.hard`));
        }
        const known = KNOWN[name] ?? ['--output'];
        const flags = Object.entries(written).filter(([flag]) => known.includes(flag));
        const used = args.filter((word) => !word.startsWith('--'));
        const before = contentsOf(cwd);
        const format = ['usage', 'summary', 'explain', 'diff', 'merge', 'verify'].includes(name)
          ? ['--json']
          : [];
        const run = await runMain([name, ...args, ...flags.flat(), ...format], {
          cwd,
          input: before['lines.ndjson'] ?? '',
        });
        statuses.set(run.status, (statuses.get(run.status) ?? 0) + 1);
        const read = ['report', 'snapshot'].includes(name) ? used.slice(1) : used;
        const inputs = read.filter((path) => existsSync(join(cwd, path)));
        for (const path of inputs)
          expect(readFileSync(join(cwd, path), 'utf8')).toBe(contentAt(path, before));
        if (args.includes('--source')) {
          expect(Object.keys(contentsOf(cwd, 'reports')).sort()).toEqual(
            ['reports/1.json', 'reports/1.json.hard', 'reports/1.json.link'].sort(),
          );
          expect(readFileSync(join(cwd, 'reports/1.json'), 'utf8')).toBe(before['reports/1.json']);
        }
      });
    }),
    { numRuns: 50, seed: 14 },
  );
  // The combinations are no mere refusals.
  expect(statuses.get(0)).toBeGreaterThan(3);
  expect(statuses.get(64)).toBeGreaterThan(3);

  function contentAt(path: string, before: Record<string, string>): string | undefined {
    return before[path.replace(/^(\.\/|sub\/\.\.\/|here\/)/, '')];
  }
});

test('every option and argument that names a file declares whether it is read or written', async () => {
  const signal = new AbortController().signal;
  const program = await createWholeProgram({ host: process, signal });
  const named = program.commands.flatMap(({ options, registeredArguments }) => [
    ...options
      .filter(({ flags, long }) => /file|folder|path|dir/i.test(flags) && long !== '--base-path')
      .map((option) => ({ name: option.flags, file: traitsOf(option).file })),
    ...registeredArguments
      .filter((each) => /file|folder|export|old/i.test(`${each.name()} ${each.description}`))
      .map((each) => ({ name: each.name(), file: traitsOf(each).file })),
  ]);
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter(({ file }) => file === undefined)).toEqual([]);
});
