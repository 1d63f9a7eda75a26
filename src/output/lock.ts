import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, ftruncateSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Server } from 'node:net';
import { CannotCreateError, LockedError } from '../errors.js';
import { hasCode, isOsError, reasonOf } from '../os-error.js';
import { isAlive } from './temporary-name.js';

export interface Lock {
  /** Lets the next run in. Safe twice. The file stays: removing it would let two runs hold two files. */
  release(): Promise<void>;
}

/** Of a file that several runs write. */
export const lockFileOf = (path: string) => `${path}.lock`;

/**
 * Takes the lock `path` or fails at once; creates the file where there is none, and leaves a file with other
 * content as it is.
 *
 * Every lock here is the kernel's: it ends with its holder, however that dies, so that no pid has to be checked and no
 * file declared stale. macOS, the BSDs and Windows lock a file as they open it. On Linux, where Node has no call for
 * that, the lock is the name of an abstract socket, which is one for each file and network namespace, and needs no other
 * program. Where there is the `flock` command, the file is locked as well: that keeps out runs in other containers.
 * @throws LockedError when a live run holds it; CannotCreateError when the file or the lock cannot be had
 */
export async function acquireLock(path: string): Promise<Lock> {
  const handle = await openLockFile(path);
  let name: Server | undefined;
  try {
    if (process.platform === 'linux') {
      name = await reserveName(handle, path);
      if (!flock(handle.fd, path)) throw new LockedError(path, holderOf(handle.fd));
    }
    writeHolder(handle.fd, `pid ${process.pid}\n`);
  } catch (error) {
    name?.close();
    await handle.close();
    throw error;
  }
  return {
    async release() {
      if (handle.fd !== -1) writeHolder(handle.fd, '');
      name?.close();
      await handle.close();
    },
  };
}

/** Opens a file and locks it, by a flag that Node does not name: in <fcntl.h> of the BSDs, and of libuv on Windows. */
const LOCKING: Readonly<Partial<Record<NodeJS.Platform, number>>> = {
  darwin: 0x20,
  freebsd: 0x20,
  netbsd: 0x20,
  openbsd: 0x20,
  win32: 0x10000000,
};

async function openLockFile(path: string): Promise<FileHandle> {
  // Windows has no O_NONBLOCK.
  const { O_RDWR, O_CREAT, O_NONBLOCK = 0 } = constants;
  const flags = O_RDWR | O_CREAT | O_NONBLOCK | (LOCKING[process.platform] ?? 0);
  const handle = await open(path, flags, 0o644).catch((error: unknown) => {
    if (hasCode(error, 'EAGAIN', 'EBUSY')) throw new LockedError(path, UNKNOWN_HOLDER);
    throw new CannotCreateError(path, reasonOf(error));
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new CannotCreateError(path, 'is not a regular file');
}

/**
 * Binds the abstract socket of the file. Nobody connects to it.
 * @throws LockedError when it is bound
 */
async function reserveName(handle: FileHandle, path: string): Promise<Server> {
  const { dev, ino } = await handle.stat({ bigint: true });
  const { createServer } = await import('node:net');
  const server = createServer((connection) => connection.destroy()).unref();
  server.listen(`\0o-copilot-lock-${dev}-${ino}`);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) throw new LockedError(path, holderOf(handle.fd));
    throw new CannotCreateError(path, reasonOf(error));
  }
  return server;
}

/** The lock file's descriptor in the command's own table. */
const CHILD_DESCRIPTOR = 3;

/** False when another open file holds the lock. True as well where there is no such command. */
function flock(descriptor: number, path: string): boolean {
  const { error, status, signal, stderr } = spawnSync('flock', ['-n', '-x', String(CHILD_DESCRIPTOR)], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    encoding: 'utf8',
  });
  if (hasCode(error, 'ENOENT', 'EACCES')) return true;
  if (error !== undefined) throw new CannotCreateError(path, `the flock command: ${reasonOf(error)}`);
  if (status === 0) return true;
  // Both editions of the command say nothing when the lock is taken, and say why when they fail.
  if (status === 1 && stderr === '') return false;
  throw new CannotCreateError(path, stderr.trim() || `the flock command ended with ${signal ?? status}`);
}

const UNKNOWN_HOLDER = 'it did not say which';

/** Bytes: more than `pid 4194304` and a newline, so that a longer content is seen to be none of ours. */
const HOLDER_SIZE = 32;

/** What the file says of its holder; of no use where that one was killed and another has come. */
function holderOf(descriptor: number): string {
  const pid = /^pid (\d+)\n$/.exec(readHolder(descriptor))?.[1];
  return pid !== undefined && isAlive(Number(pid)) ? `pid ${pid}` : UNKNOWN_HOLDER;
}

/** Only for people to read: a full disk does not spoil the lock. */
function writeHolder(descriptor: number, holder: string): void {
  if (!/^(pid \d+\n)?$/.test(readHolder(descriptor))) return;
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, holder, 0);
  } catch (error) {
    if (!isOsError(error)) throw error;
  }
}

function readHolder(descriptor: number): string {
  const bytes = Buffer.alloc(HOLDER_SIZE);
  return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, HOLDER_SIZE, 0));
}
