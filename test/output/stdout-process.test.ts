import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { line } from './line.js';
import { buildProgram, start } from './run-program.js';
import { temporaryFolder } from './temporary-folder.js';
import { isRoot, tinyFileSystem } from './tiny-file-system.js';

/** 9 MB: beyond what is held in memory. */
const MANY = 210_000;

// Many processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let program: Awaited<ReturnType<typeof buildProgram>>;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const write = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  start(process.execPath, [program.path, 'write', '-', ...args], { env: { ...process.env, ...env } });

/** In a shell, `bill ARGS` being the program: redirections and pipes as a user writes them. */
const shell = (command: string) =>
  start('bash', [
    '-c',
    `set -o pipefail; bill() { "${process.execPath}" "${program.path}" write "$@"; }; ${command}`,
  ]);

const bill = (lines: number): string => Array.from({ length: lines }, (_, index) => line(index)).join('');

describe('a result on stdout', () => {
  it.each([[1], [3000], [MANY]])('of %d lines arrives whole', async (lines) => {
    const { status, stdout } = await write([String(lines)]).ended;
    expect(status).toBe(0);
    expect(stdout === bill(lines)).toBe(true);
  });

  it('arrives whole through a slow pipe', async () => {
    const { status, stdout } = await shell(`bill - ${MANY} | dd bs=777 status=none`).ended;
    expect(status).toBe(0);
    expect(stdout === bill(MANY)).toBe(true);
  });

  it.each([3000, MANY])('starts again after a restart at %d lines', async (lines) => {
    const { stdout } = await write([String(lines), 'again']).ended;
    expect(stdout === bill(lines)).toBe(true);
  });

  it('is held back in a file without a name, so that SIGKILL leaves nothing', async () => {
    const folder = await temporaryFolder();
    const run = write([String(MANY), 'pause'], { TMPDIR: folder });
    await run.said('written');
    const descriptors = `/proc/${run.process.pid}/fd`;
    const targets = await Promise.all(
      (await fs.readdir(descriptors)).map((name) => fs.readlink(join(descriptors, name)).catch(() => '')),
    );
    expect(targets).toContainEqual(expect.stringMatching(new RegExp(`^${folder}/.* \\(deleted\\)$`)));
    expect(await fs.readdir(folder)).toEqual([]);
    run.process.kill('SIGKILL');
    expect((await run.ended).stdout).toBe('');
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('is appended where the shell says so', async () => {
    const path = join(await temporaryFolder(), 'log');
    await shell(`{ echo before; bill - 2; bill /dev/stdout 1; bill /dev/fd/3 1 3>&1; } > ${path}`).ended;
    expect(await fs.readFile(path, 'utf8')).toBe(`before\n${line(0)}${line(1)}${line(0)}${line(0)}`);
  });

  it('goes through a process substitution', async () => {
    const path = join(await temporaryFolder(), 'copy');
    await shell(`bill >(cat > ${path}) ${MANY}; wait $!`).ended;
    expect((await fs.readFile(path, 'utf8')) === bill(MANY)).toBe(true);
  });
});

describe('a reader that leaves early', () => {
  it.each([
    ['held back', ''],
    ['streamed', 'stream'],
  ])('ends the run quietly: %s', async (_, flag) => {
    const { status, stdout, stderr } = await shell(`bill - ${MANY} ${flag} | head -n 1`).ended;
    expect(stdout).toBe(line(0));
    expect(stderr).toMatch(/closed\n$/);
    expect(status).toBe(0);
  });

  it('ends it quietly where stdout is a socket', async () => {
    const run = write([String(MANY), 'pause']);
    await run.said('written');
    run.process.stdout?.destroy();
    run.process.stdin?.end();
    const { status, stderr } = await run.ended;
    expect([status, stderr]).toEqual([0, 'written\nclosed\n']);
  });
});

describe('74 and a reason', () => {
  it.each(['', 'stream'])('where stdout is full: /dev/full %s', async (flag) => {
    const { status, stderr } = await shell(`bill - 3000 ${flag} > /dev/full`).ended;
    expect(stderr).toContain('cannot write stdout: no space left on device');
    expect(status).toBe(74);
  });

  // 63 KB in one piece, into less room: Node's own stream would lose the end and report success.
  it.skipIf(!isRoot)('where the disk under stdout fills up', async () => {
    const folder = await tinyFileSystem();
    await fs.writeFile(join(folder, 'other'), Buffer.alloc(20_000));
    const { status, stderr } = await shell(`bill - 1500 > ${folder}/bill`).ended;
    expect(stderr).toContain('cannot write stdout: no space left on device');
    expect(status).toBe(74);
  });

  it('where the temporary folder is missing', async () => {
    const { status, stdout, stderr } = await write([String(MANY)], { TMPDIR: '/missing' }).ended;
    expect(stderr).toMatch(/cannot write \/missing: no such file or directory \(.*TMPDIR/);
    expect([status, stdout]).toEqual([74, '']);
  });

  it.skipIf(!isRoot)('where the temporary folder is full', async () => {
    const folder = await tinyFileSystem();
    const { status, stdout, stderr } = await write([String(MANY)], { TMPDIR: folder }).ended;
    expect(stderr).toContain(`cannot write ${folder}: no space left on device (`);
    expect([status, stdout]).toEqual([74, '']);
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('where --stream would have to start again', async () => {
    const { status, stderr } = await write(['10', 'stream', 'again']).ended;
    expect(stderr).toContain('--stream already wrote part of it');
    expect(status).toBe(74);
  });
});
