import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const MESSAGES = {
  messages: [
    { id: 1, timestamp: '2024-04-29T02:08:29Z', text: 'Hello olleH' },
    { id: 2, timestamp: '2024-04-30T02:08:30Z', text: '!!!', report_id: 7 },
    { id: 3, timestamp: '2024-05-01T02:08:30Z', text: 'abc abc', report_id: 8 },
  ],
};
const REPORT = { id: 7, name: 'Lease Report', credit_cost: 79.5 };

const EXPORTS = [
  'usage --json',
  'usage --ndjson --fields message_id,report_name,credits_used,kind',
  'usage --csv --bom --delimiter ; --fields message_id,timestamp,report_name,credits_used,report_id,kind',
  'usage --tsv --until 2024-04-30',
  'usage --csv --limit 2 --sort credits_used --desc',
  'usage --csv --kind report --no-formula-guard',
  'usage --table',
  'report --format html',
  'summary --json --by kind',
  'summary --csv --by day --timezone Asia/Tokyo',
];

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };

/** A folder with the export `e` of the flags and its receipt `r.json`. */
async function withExport(
  line: string,
  use: (cwd: string, receipt: { [key: string]: Json }) => Promise<void>,
) {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'm.json'), JSON.stringify(MESSAGES));
    mkdirSync(join(cwd, 'reports'));
    writeFileSync(join(cwd, 'reports', '7.json'), JSON.stringify(REPORT));
    const place = line.startsWith('report') ? ['e.html'] : ['--output', 'e'];
    const [command = '', ...flags] = line
      .split(' ')
      .filter((word) => !(place[0] === 'e.html' && /^(--format|html)$/.test(word)));
    const made = await runMain(
      [command, ...flags, '--source', 'm.json', ...place, '--receipt', 'r.json', '--quiet'],
      { cwd },
    );
    expect(made).toMatchObject({ stderr: '', status: 0 });
    await use(cwd, JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')));
  });
}

const exportOf = (line: string) => (line.startsWith('report') ? 'e.html' : 'e');

async function verify(cwd: string, line: string, receipt: Json | string) {
  writeFileSync(join(cwd, 'r.json'), typeof receipt === 'string' ? receipt : JSON.stringify(receipt));
  const run = await runMain(['verify', exportOf(line), 'r.json', '--json'], { cwd });
  return run.status === 65
    ? { status: 65, unchecked: [] }
    : { status: run.status, ...JSON.parse(run.stdout).verify };
}

/** Every value of a receipt by its path, with one like it in its place. */
function changes(value: Json, path: string[] = []): { path: string; changed: (root: Json) => Json }[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, member]) => changes(member, [...path, key]));
  }
  const set = (root: Json, [key, ...rest]: string[]): Json => {
    if (key === undefined) return other(value, path.at(-1) ?? '');
    if (typeof root !== 'object' || root === null || Array.isArray(root))
      throw new Error(`no object at ${key}`);
    return { ...root, [key]: set(root[key] ?? null, rest) };
  };
  return [{ path: path.join('.'), changed: (root) => set(root, path) }];
}

const PAIRS = [
  ['usage', 'summary'],
  ['open', 'closed'],
  ['published', 'tokens'],
  ['always', 'never'],
  ['UTC', 'Asia/Tokyo'],
  ['csv', 'tsv'],
  ['json', 'ndjson'],
  ['table', 'html'],
  ['report', 'text'],
] as const;
const CHOICES = new Map<string, string>(PAIRS.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));

function other(value: Json, key: string): Json {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value, 'x'];
  if (typeof value === 'object' && value !== null) throw new Error(`no single value: ${key}`);
  if (value === null) return '0'.repeat(64);
  const choice = CHOICES.get(value);
  if (choice !== undefined) return choice;
  if (/^[0-9a-f]{64}$/.test(value)) return value.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  if (key === 'credits') return `${Number(value) + 1000}`;
  if (key === 'as_of') return '2024-04-30T00:00:00Z';
  if (/^\d+$/.test(value)) return `${Number(value) - 1}`;
  return `${value}x`;
}

describe.each(EXPORTS)('fault B12 (offline verify states only what it checked): %s', (line) => {
  test('every member that is changed is refused, or is named as not checked', async () => {
    await withExport(line, async (cwd, receipt) => {
      const honest = await verify(cwd, line, receipt);
      expect(honest, JSON.stringify(honest)).toMatchObject({ status: 0, same: true });
      const unnoticed: string[] = [];
      const all = changes(receipt);
      expect(all.length).toBeGreaterThan(25);
      await Promise.all(
        all.map(async ({ path, changed }, index) => {
          const name = `r${index}.json`;
          writeFileSync(join(cwd, name), JSON.stringify(changed(receipt)));
          const run = await runMain(['verify', exportOf(line), name, '--json'], { cwd });
          if (run.status === 1 || run.status === 65) return;
          const { unchecked } = JSON.parse(run.stdout).verify;
          if (!unchecked.includes(path)) unnoticed.push(path);
        }),
      );
      expect(unnoticed).toEqual([]);
    });
  }, 120_000);
});

describe('fault B12', () => {
  test('sums that agree with each other but not with the rows are refused', async () => {
    for (const line of ['usage --csv', 'usage --json', 'usage --tsv', 'usage --ndjson', 'summary --json']) {
      await withExport(line, async (cwd, receipt) => {
        const raised = JSON.stringify(receipt)
          .replaceAll('"credits":"79.5"', '"credits":"1079.5"')
          .replace(
            /("rows":\{"count":\d+,"credits":)"([\d.]+)"/,
            (_, head, credits) => `${head}"${Number(credits) + 1000}"`,
          );
        const { status, differences } = await verify(cwd, line, raised);
        expect(status, line).toBe(1);
        expect(differences).toContainEqual(expect.objectContaining({ what: 'rows.credits' }));
      });
    }
  });

  test('an edited export whose digest was edited too is refused by its rows', async () => {
    const line = 'usage --csv';
    await withExport(line, async (cwd, receipt) => {
      const edited = readFileSync(join(cwd, 'e'), 'utf8').replace('79.5', '9.5');
      writeFileSync(join(cwd, 'e'), edited);
      const sha256 = createHash('sha256').update(edited).digest('hex');
      const { status, differences } = await verify(cwd, line, { ...receipt, output: { sha256 } });
      expect(status).toBe(1);
      expect(differences.map(({ what }: { what: string }) => what)).toContain('rows.credits');
    });
  });

  test.each([
    ['a key that occurs twice', (json: string) => json.replace('"messages":', '"messages":3,"messages":')],
    [
      'a key that occurs twice, deep inside',
      (json: string) => json.replace('"report":{', '"report":{"count":1,'),
    ],
    [
      'a member that no version wrote',
      (json: string) => json.replace('"messages":', '"paid":true,"messages":'),
    ],
    ['a flag that no version kept', (json: string) => json.replace('"flags":{', '"flags":{"output":"x",')],
  ])('%s is refused', async (_, change) => {
    await withExport('usage --csv', async (cwd, receipt) => {
      const json = JSON.stringify(receipt);
      expect(change(json)).not.toBe(json);
      expect(await verify(cwd, 'usage --csv', change(json))).toMatchObject({ status: 65 });
    });
  });

  test('a format that cannot be read back says that its rows were not read', async () => {
    await withExport('usage --table', async (cwd) => {
      const { stdout, status } = await runMain(['verify', 'e', 'r.json'], { cwd });
      expect(status).toBe(0);
      expect(stdout).toMatch(/^e is what its receipt says: the bytes are the same; table is not read back\n/);
      expect(stdout).toMatch(/\nnot checked without --source: .*, rows\n/);
    });
  });

  test('with --source all that shapes the bill is checked', async () => {
    await withExport('usage --csv', async (cwd) => {
      const { stdout, status } = await runMain(['verify', 'e', 'r.json', '--source', 'm.json', '--json'], {
        cwd,
      });
      expect(status).toBe(0);
      expect(JSON.parse(stdout).verify.unchecked).not.toContain('inputs.messages_sha256');
    });
  });
});

test('fault A5 (a price does not depend on the platform): verify says that a receipt was made with other tables', async () => {
  await withExport('usage --csv', async (cwd, receipt) => {
    expect(receipt.tables).toEqual({ unicode: '17.0.0', tz: process.versions.tz });
    writeFileSync(
      join(cwd, 'r.json'),
      JSON.stringify({ ...receipt, tables: { unicode: '15.1.0', tz: '2020a' } }),
    );
    const { stdout, status } = await runMain(['verify', 'e', 'r.json'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain('made with Unicode 15.1.0, this program has 17.0.0');
    expect(stdout).toContain('made with time zones 2020a');
  });
});
