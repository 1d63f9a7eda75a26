import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CannotCreateError, LockedError } from '../../src/errors.js';
import { acquireLock } from '../../src/output/lock.js';
import { buildProgram, type Running, start } from './run-program.js';
import { temporaryFolder } from './temporary-folder.js';

// Many processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const holdLock = (path: string, PATH = process.env.PATH ?? ''): Running =>
  start(process.execPath, [program.path, 'lock', path], { env: { PATH } });

/** Whether the `flock` command is found. */
const PATHS = [
  ['with flock', process.env.PATH],
  ['without flock', '/missing'],
] as const;

describe('acquireLock', () => {
  it.each(PATHS)('lets one of twenty processes in, %s', async (_, PATH) => {
    const path = join(await temporaryFolder(), 'lock');
    const runs = Array.from({ length: 20 }, () => holdLock(path, PATH));
    let lost = 0;
    for (const run of runs) void run.ended.then(({ status }) => (lost += status === 75 ? 1 : 0));
    await vi.waitUntil(() => lost === 19, { timeout: 25_000, interval: 20 });
    const [winner, ...others] = runs.filter((run) => run.process.exitCode === null);
    expect(others).toEqual([]);
    await winner?.said('held');
    winner?.process.stdin?.end();
    expect((await winner?.ended)?.status).toBe(0);
  });

  it('names the holder, and lets the next one in after release', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const lock = await acquireLock(path);
    const refused = await holdLock(path).ended;
    expect(refused.status).toBe(75);
    expect(refused.stderr).toContain(`another run holds the lock ${path} (pid ${process.pid})`);
    await lock.release();
    await lock.release();
    const next = await acquireLock(path);
    await next.release();
  });

  it('excludes a second holder in the same process', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const lock = await acquireLock(path);
    await expect(acquireLock(path)).rejects.toThrow(LockedError);
    await lock.release();
  });

  it.each(PATHS)('lets the next run in at once after a killed one, %s', async (_, PATH) => {
    const path = join(await temporaryFolder(), 'lock');
    const killed = holdLock(path, PATH);
    await killed.said('held');
    await expect(acquireLock(path)).rejects.toThrow(`pid ${killed.process.pid}`);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const lock = await acquireLock(path);
    await lock.release();
  });

  it('takes an empty file, and leaves one with other content as it is', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'empty'), '');
    await fs.writeFile(join(folder, 'bill.csv'), 'pid 1\nmine');
    for (const name of ['empty', 'bill.csv']) {
      const lock = await acquireLock(join(folder, name));
      await expect(acquireLock(join(folder, name))).rejects.toThrow(LockedError);
      await lock.release();
    }
    expect(await fs.readFile(join(folder, 'bill.csv'), 'utf8')).toBe('pid 1\nmine');
  });

  it('keeps out the flock command, and is kept out by it', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const lock = await acquireLock(path);
    expect(spawnSync('flock', ['-n', path, 'true']).status).toBe(1);
    await lock.release();
    const { status, stderr } = spawnSync('flock', [path, process.execPath, program.path, 'lock', path]);
    expect([status, String(stderr)]).toEqual([75, expect.stringContaining('it did not say which')]);
  });

  it.each([
    ['a folder', '', 'is a directory'],
    ['a missing folder', 'missing/lock', 'no such file or directory'],
  ])('refuses %s', async (_, name, reason) => {
    const attempt = acquireLock(join(await temporaryFolder(), name));
    await expect(attempt).rejects.toThrow(reason);
    await expect(attempt).rejects.toBeInstanceOf(CannotCreateError);
  });

  it('refuses a device', async () => {
    await expect(acquireLock('/dev/null')).rejects.toThrow('cannot create /dev/null: is not a regular file');
  });

  it('excludes a run without the flock command from one with it, by another name of the file too', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'lock');
    const lock = await acquireLock(path);
    await fs.symlink(path, join(folder, 'symbolic'));
    await fs.link(path, join(folder, 'hard'));
    for (const name of ['lock', 'symbolic', 'hard']) {
      const { status, stderr } = await holdLock(join(folder, name), '/missing').ended;
      expect([status, stderr]).toEqual([75, expect.stringContaining(`(pid ${process.pid})`)]);
    }
    await lock.release();
    const run = holdLock(path, '/missing');
    await run.said('held');
    await expect(acquireLock(path)).rejects.toThrow(`pid ${run.process.pid}`);
    run.process.stdin?.end();
    expect((await run.ended).status).toBe(0);
  });
});
