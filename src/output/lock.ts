import { spawnSync } from 'node:child_process';
import { constants, ftruncateSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CannotCreateError, LockedError } from '../errors.js';
import { isOsError, reasonOf } from '../os-error.js';
import { isAlive } from './temporary-name.js';

export interface Lock {
  /** Lets the next run in. Safe twice. The file stays: removing it would let two runs hold two files. */
  release(): Promise<void>;
}

/**
 * Takes the lock `path` or fails at once; creates the file where there is none, and leaves a file with other
 * content as it is.
 *
 * The lock is the kernel's flock(2): it ends with its holder, however that dies, so that no pid has to be
 * checked and no file declared stale. Node has no call for it, but a lock belongs to the open file,
 * which the `flock` command (util-linux, BusyBox) shares with us: it locks our descriptor and leaves. 3 ms.
 * @throws LockedError when a live run holds it; CannotCreateError when the file or `flock` cannot be had
 */
export async function acquireLock(path: string): Promise<Lock> {
  const handle = await openLockFile(path);
  try {
    if (!flock(handle.fd, path)) throw new LockedError(path, holderOf(handle.fd));
    writeHolder(handle.fd, `pid ${process.pid}\n`);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    async release() {
      if (handle.fd !== -1) writeHolder(handle.fd, '');
      await handle.close();
    },
  };
}

async function openLockFile(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDWR | O_CREAT | O_NONBLOCK, 0o644).catch((error: unknown) => {
    throw new CannotCreateError(path, reasonOf(error));
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new CannotCreateError(path, 'is not a regular file');
}

/** The lock file's descriptor in the command's own table. */
const CHILD_DESCRIPTOR = 3;

/** False when another open file holds the lock. */
function flock(descriptor: number, path: string): boolean {
  const { error, status, signal, stderr } = spawnSync('flock', ['-n', '-x', String(CHILD_DESCRIPTOR)], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    encoding: 'utf8',
  });
  if (error !== undefined) throw new CannotCreateError(path, `the flock command: ${reasonOf(error)}`);
  if (status === 0) return true;
  // Both editions of the command say nothing when the lock is taken, and say why when they fail.
  if (status === 1 && stderr === '') return false;
  throw new CannotCreateError(path, stderr.trim() || `the flock command ended with ${signal ?? status}`);
}

/** Bytes: more than `pid 4194304` and a newline, so that a longer content is seen to be none of ours. */
const HOLDER_SIZE = 32;

/** What the file says of its holder; of no use where that one was killed and another has come. */
function holderOf(descriptor: number): string {
  const pid = /^pid (\d+)\n$/.exec(readHolder(descriptor))?.[1];
  return pid !== undefined && isAlive(Number(pid)) ? `pid ${pid}` : 'it did not say which';
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
