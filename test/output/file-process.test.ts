import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { line } from './line.js';
import { buildProgram, type Running, start } from './run-program.js';
import { temporaryFolder } from './temporary-folder.js';
import { isRoot, tinyFileSystem } from './tiny-file-system.js';

// Many processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const NOBODY = { uid: 65534, gid: 65534 };

function write(path: string, ...args: string[]): Running {
  return start(process.execPath, [program.path, 'write', path, ...args]);
}

/** Runs the program from a shell after `setup`, such as `umask 077`. */
function writeAfter(setup: string, path: string, lines: number): Running {
  const command = `${setup}; exec "${process.execPath}" "${program.path}" write "${path}" ${lines}`;
  return start('bash', ['-c', command]);
}

describe('the mode of a new file', () => {
  it.each([
    ['022', 0o644],
    ['077', 0o600],
    ['002', 0o664],
  ])('under umask %s', async (umask, mode) => {
    const path = join(await temporaryFolder(), 'bill');
    expect((await writeAfter(`umask ${umask}`, path, 1).ended).status).toBe(0);
    expect((await fs.stat(path)).mode & 0o7777).toBe(mode);
  });
});

describe('a write that fails ends in 74, the old file intact, nothing left', () => {
  // 1400 lines are one piece: the system takes a part of it and says so only in the number of bytes.
  it.each([1400, 10_000])('beyond the file size limit, with %d lines', async (lines) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bill');
    await fs.writeFile(path, 'old');
    const { status, stderr } = await writeAfter('ulimit -f 40', path, lines).ended;
    expect(stderr).toContain(`cannot write ${path}: file too large`);
    expect(status).toBe(74);
    expect(await fs.readdir(folder)).toEqual(['bill']);
    expect(await fs.readFile(path, 'utf8')).toBe('old');
  });

  it.skipIf(!isRoot)('on a full disk', async () => {
    const folder = await tinyFileSystem();
    const path = join(folder, 'bill');
    await fs.writeFile(path, 'old');
    const { status, stderr } = await write(path, '10000').ended;
    expect(stderr).toContain(`cannot write ${path}: no space left on device`);
    expect(status).toBe(74);
    expect(await fs.readdir(folder)).toEqual(['bill']);
    expect(await fs.readFile(path, 'utf8')).toBe('old');
  });
});

describe.skipIf(!isRoot)('a user without rights', () => {
  const writeAsNobody = (path: string) =>
    start(process.execPath, [program.path, 'write', path, '1'], NOBODY).ended;

  it('gets 73 for a folder of others', async () => {
    const folder = await temporaryFolder();
    await fs.chmod(folder, 0o755);
    const { status, stderr } = await writeAsNobody(join(folder, 'bill'));
    expect([status, stderr]).toEqual([73, expect.stringContaining('permission denied')]);
  });

  it('gets 73 for a file that is write-protected, which stays', async () => {
    const path = join(await temporaryFolder(), 'bill');
    await fs.writeFile(path, 'old', { mode: 0o444 });
    const { status, stderr } = await writeAsNobody(path);
    expect([status, stderr]).toEqual([73, expect.stringContaining('permission denied')]);
    expect(await fs.readFile(path, 'utf8')).toBe('old');
  });

  it('replaces a file of others that it may write, as its own', async () => {
    const path = join(await temporaryFolder(), 'bill');
    await fs.writeFile(path, 'old');
    await fs.chmod(path, 0o666);
    expect((await writeAsNobody(path)).status).toBe(0);
    expect(await fs.readFile(path, 'utf8')).toBe(line(0));
    expect((await fs.stat(path)).mode & 0o777).toBe(0o666);
  });

  it('gets 73 on a read-only file system', async () => {
    const folder = await tinyFileSystem();
    expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
    const { status, stderr } = await write(join(folder, 'bill'), '1').ended;
    expect([status, stderr]).toEqual([73, expect.stringContaining('read-only file system')]);
  });
});

describe('a run that is stopped before commit', () => {
  it('by SIGTERM leaves nothing', async () => {
    const folder = await temporaryFolder();
    const run = write(join(folder, 'bill'), '10000', 'pause');
    await run.said('written');
    run.process.kill('SIGTERM');
    await run.said('stopping');
    run.process.stdin?.end();
    expect((await run.ended).status).toBe(143);
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('by SIGKILL leaves the old file, and the next run cleans up', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bill');
    await fs.writeFile(path, 'old');
    const run = write(path, '10000', 'pause');
    await run.said('written');
    run.process.kill('SIGKILL');
    await run.ended;
    expect((await fs.readdir(folder)).length).toBe(2);
    expect(await fs.readFile(path, 'utf8')).toBe('old');
    expect((await write(path, '1').ended).status).toBe(0);
    expect(await fs.readdir(folder)).toEqual(['bill']);
    expect(await fs.readFile(path, 'utf8')).toBe(line(0));
  });
});
