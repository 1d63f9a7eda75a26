import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { BIN, measureNode, type Row, sideBySide, startProgram } from '../side-by-side.js';
import { messagesDocument } from './documents.js';

const MILLION = 1_000_000;
const OUTPUT = 'bench/data/output';
const SCRIPTS = 'bench/data/scripts';
/** Serves the documents of bench/data. */
export const SERVER = 'bench/scale/server.ts';

/** The whole job against FLOOR, and against itself at other sizes. `large` adds ten million messages. */
export async function measureScale(large: boolean): Promise<Row[]> {
  const server = await startProgram(SERVER);
  const url = `${server.url}/20`;
  const atOnce = `${server.url}/0`;
  const oursOf = (source: string, ...flags: string[]) => {
    return () => measureNode([BIN, 'usage', '--source', source, ...flags]);
  };
  const ours = (name: string, ...flags: string[]) => oursOf(`${url}/${name}`, ...flags);
  try {
    messagesDocument(MILLION);
    messagesDocument(MILLION, 1000);
    messagesDocument(20_000, 20_000);
    // Plain JavaScript, since loading TypeScript would be counted.
    const entryPoints = ['bench/scale/floor.ts', 'bench/scale/copy.ts', 'bench/scale/only-reports.ts'];
    await build({ entryPoints, outdir: SCRIPTS, outExtension: { '.js': '.mjs' }, format: 'esm' });
    const floor = () => measureNode([`${SCRIPTS}/floor.mjs`, `${url}/${MILLION}`, `${OUTPUT}-floor.json`]);
    const copy = () => measureNode([`${SCRIPTS}/copy.mjs`, `${url}/${MILLION}`, `${OUTPUT}-floor.json`]);
    const onlyReports = (base: string, count: number) => () =>
      measureNode([`${SCRIPTS}/only-reports.mjs`, `${base}/${MILLION}`, `${count}`]);
    const plain = ours(`${MILLION}`, '--json', '--output', `${OUTPUT}.json`);
    const slow = ours(`${MILLION}-1000`, '--json', '--output', `${OUTPUT}.json`);
    const ownReports = oursOf(`${atOnce}/20000-20000`, '--json', '--output', `${OUTPUT}.json`);
    const rows = [
      await sideBySide('1,000,000 messages, --json --output / FLOOR', plain, floor),
      await sideBySide('1,000,000 messages, --json --output / a bare copy of the document', plain, copy),
      await sideBySide('1,000,000, --csv / FLOOR', ours(`${MILLION}`, '--csv'), floor, 3),
      await sideBySide('1,000,000, --ndjson / FLOOR', ours(`${MILLION}`, '--ndjson'), floor, 3),
      await sideBySide(
        '1,000,000, --json into a pipe / FLOOR',
        () => measureNode([BIN, 'usage', '--source', `${url}/${MILLION}`, '--json'], true),
        floor,
        3,
      ),
      await sideBySide('1,000 reports of 20 ms in 1,000,000 / the same without reports', slow, plain, 3),
      await sideBySide(
        '1,000 reports of 20 ms in 1,000,000 / a loop that only asks for them',
        slow,
        onlyReports(url, 1000),
        3,
      ),
      await sideBySide(
        '20,000 reports answered at once / a loop that only asks for them',
        ownReports,
        onlyReports(atOnce, 20_000),
        3,
      ),
      await sideBySide(
        '1,000,000, --sort credits_used --desc / unsorted',
        ours(`${MILLION}`, '--json', '--output', `${OUTPUT}.json`, '--sort', 'credits_used', '--desc'),
        plain,
        3,
      ),
      await sideBySide(
        '1,000,000, --sort credits_used --desc --limit 100 / unsorted',
        ours(`${MILLION}`, '--json', '--sort', 'credits_used', '--desc', '--limit', '100'),
        plain,
        3,
      ),
    ];
    messagesDocument(50_000);
    rows.push(await sideBySide('50,000, --table / 1,000,000 --json', ours('50000', '--table'), plain, 3));
    if (large) {
      messagesDocument(10 * MILLION);
      const ten = ours(`${10 * MILLION}`, '--json', '--output', `${OUTPUT}.json`);
      rows.push(await sideBySide('10,000,000 / 1,000,000', ten, plain, 2));
    }
    return rows;
  } finally {
    server.child.kill();
    for (const path of [`${OUTPUT}.json`, `${OUTPUT}-floor.json`, SCRIPTS]) {
      rmSync(path, { force: true, recursive: true });
    }
  }
}

const STARTS = 15;

/** What a short command costs, against a node that does nothing. */
export async function measureStartup(): Promise<Row[]> {
  messagesDocument(5);
  const server = await startProgram(SERVER);
  const nothing = () => measureNode(['-e', '0']);
  const row = (what: string, ...args: string[]) =>
    sideBySide(`${what} / node -e 0`, () => measureNode([BIN, ...args]), nothing, STARTS);
  try {
    return [
      await row('--version', '--version'),
      await row('usage --source sample --json', 'usage', '--source', 'sample', '--json'),
      await row('five messages over loopback', 'usage', '--json', '--source', `${server.url}/0/5`),
    ];
  } finally {
    server.child.kill();
  }
}
