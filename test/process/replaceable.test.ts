import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { BILL_CSV, USUAL } from './period.js';
import { BIN, inFolder, runShell } from './run.js';

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
const hasChattr = isRoot && canMakeImmutable();

function canMakeImmutable(): boolean {
  const made = spawnSync('sh', ['-c', 'f=$(mktemp) && chattr +i "$f" && chattr -i "$f" && rm "$f"']);
  return made.status === 0;
}

/** A good upstream that counts, and a folder with an old bill.csv. */
async function withUpstream(use: (folder: string, hits: () => number, source: string) => Promise<void>) {
  const upstream = await startUpstream(USUAL);
  try {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'bill.csv'), 'old');
      await use(folder, () => upstream.hits(), upstream.url);
    });
  } finally {
    await upstream.close();
  }
}

describe.concurrent('fault B4 (what cannot be replaced is refused before the work begins): 73', () => {
  const mounted = (program: string) =>
    `unshare -m bash -c "mkdir 'a b'; touch 'a b/t.csv' 'a b/t.html'; mount --bind bill.csv 'a b/t.csv' && mount --bind bill.csv 'a b/t.html' && exec '${process.execPath}' '${BIN}' ${program}"`;

  test.skipIf(!canMount).for([
    ['--output', `--output 'a b/t.csv'`],
    ['a link to it', `--csv --output l`],
    ['--receipt', `--output x.csv --receipt 'a b/t.csv'`],
    ['report', `report 'a b/t.html'`],
  ])('a file that is a bind mount (needs root): %s', async ([, flags = '']) => {
    await withUpstream(async (folder, hits, source) => {
      await runShell('ln -s "a b/t.csv" l', { cwd: folder });
      const [command, ...rest] = flags.startsWith('report') ? flags.split(/ (.*)/) : ['usage', flags];
      const run = await runShell(mounted(`${command} --source ${source} ${rest.join(' ')}`), { cwd: folder });
      expect(run).toMatchObject({ status: 73, stdout: '' });
      expect(run.stderr).toContain(
        'is a mount point, which no file can replace as a whole; mount its folder instead',
      );
      expect(hits()).toBe(0);
      expect(readFileSync(join(folder, 'bill.csv'), 'utf8')).toBe('old');
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    });
  });

  test.skipIf(!canMount)('its folder, or stdout, works (needs root)', async () => {
    await withUpstream(async (folder, _, source) => {
      const there = `usage --source ${source} --csv >'a b/t.csv'`;
      expect(await runShell(mounted(there), { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(folder, 'bill.csv'), 'utf8')).toBe(BILL_CSV);
      const inside = `unshare -m bash -c "mkdir out in; mount --bind in out && exec '${process.execPath}' '${BIN}' --source ${source} --output out/bill.csv"`;
      expect(await runShell(inside, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(folder, 'in/bill.csv'), 'utf8')).toBe(BILL_CSV);
    });
  });

  test.skipIf(!canMount)('a snapshot onto a mount point (needs root)', async () => {
    await withUpstream(async (folder, hits, source) => {
      const line = `unshare -m bash -c "mkdir out; mount -t tmpfs tmpfs out && exec '${process.execPath}' '${BIN}' snapshot --source ${source} out"`;
      const run = await runShell(line, { cwd: folder });
      expect(run).toMatchObject({ status: 73, stdout: '' });
      expect(run.stderr).toContain('is a mount point or in use; name a new folder inside it');
      expect(hits()).toBe(0);
    });
  });

  test.skipIf(!hasChattr)('a file that is immutable (needs root and chattr)', async () => {
    await withUpstream(async (folder, hits, source) => {
      const line = `chattr +i bill.csv; o-copilot --source ${source} --output bill.csv; status=$?; chattr -i bill.csv; exit $status`;
      const run = await runShell(line, { cwd: folder });
      expect(run).toMatchObject({ status: 73, stdout: '' });
      expect(hits()).toBe(0);
      expect(readdirSync(folder)).toEqual(['bill.csv']);
    });
  });

  test.skipIf(!isRoot).for([
    ['a sticky folder', 0o1777, 0o666, "is another user's in a sticky folder"],
    ['a folder that may not be written', 0o755, 0o666, 'permission denied in its folder'],
  ] as const)("as nobody, another user's file in %s (needs root)", async ([, folderMode, fileMode, says]) => {
    await withUpstream(async (folder, hits, source) => {
      chmodSync(folder, 0o755);
      const shared = join(folder, 'shared');
      mkdirSync(shared);
      writeFileSync(join(shared, 'bill.csv'), 'old');
      chmodSync(shared, folderMode);
      chmodSync(join(shared, 'bill.csv'), fileMode);
      chownSync(join(shared, 'bill.csv'), 1, 1);
      const line = `setpriv --reuid 65534 --regid 65534 --clear-groups '${process.execPath}' '${BIN}' --source ${source} --output shared/bill.csv`;
      const run = await runShell(line, { cwd: folder });
      expect(run).toMatchObject({ status: 73, stdout: '' });
      expect(run.stderr).toContain(says);
      expect(run.stderr).toContain('use > shared/bill.csv');
      expect(hits()).toBe(0);
      expect(readFileSync(join(shared, 'bill.csv'), 'utf8')).toBe('old');
      expect(readdirSync(shared)).toEqual(['bill.csv']);
    });
  });

  test.for([
    ['/dev/stdout that is a file', '--output /dev/stdout >out.csv'],
    ['a named pipe', '--output pipe & cat pipe >out.csv; wait $!'],
    ['a descriptor', '--output /dev/fd/3 3>out.csv'],
  ])('what is written in place as ever: %s', async ([, flags = '']) => {
    await withUpstream(async (folder, _, source) => {
      const line = `mkfifo pipe; o-copilot --csv --source ${source} ${flags}`;
      expect(await runShell(line, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(BILL_CSV);
    });
  });
});
