import { constants, type Stats, writeSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, ignore, ignoreOsError, ignoreUnsupported, reasonOf } from '../os-error.js';
import { removeAtExit, removeStale, temporaryName } from './temporary-name.js';
import { abandonedError, createWriteBuffer, type Writer, type WriterOptions } from './writer.js';

export interface AtomicFile {
  /** Its last part is no symbolic link. */
  readonly path: string;
  /** The file that is replaced. */
  readonly existing: Stats | undefined;
  /** The path as the user wrote it, for errors. */
  readonly shown: string;
}

/**
 * Writes beside the target, private until complete; commit syncs and renames. Writes are synchronous: twice
 * the throughput of awaited ones (measured), and what the event loop waits for is 64 KiB into the page cache.
 * @throws CannotCreateError at once, or when the target cannot be replaced; CannotWriteError later. Either
 * way the temporary file is gone and the target as it was.
 */
export async function atomicFileWriter(file: AtomicFile, options: WriterOptions): Promise<Writer> {
  const folder = dirname(file.path);
  await checkReplaceable(file);
  await removeStale(folder, basename(file.path));
  const temporary = join(folder, temporaryName(basename(file.path)));
  const handle = await createPrivate(temporary, file.shown);
  const finished = removeAtExit(temporary);
  let renamed = false;
  let abandoned = false;

  const discard = async (): Promise<void> => {
    await handle.close();
    if (!renamed) await unlink(temporary).catch(ignore('ENOENT'));
    finished();
  };

  const fail = async (error: unknown): Promise<never> => {
    await discard();
    if (abandoned) throw abandonedError();
    if (error instanceof CannotCreateError) throw error;
    throw new CannotWriteError(file.shown, reasonOf(error));
  };

  const deliver = (bytes: Uint8Array): Promise<void> | void => {
    try {
      writeFullySync(handle.fd, bytes);
    } catch (error) {
      return fail(error);
    }
  };

  const buffer = createWriteBuffer(deliver, options);

  return {
    closed: false,
    write: buffer.write,
    digest: buffer.digest,
    async restart() {
      buffer.restart();
      await handle.truncate(0).catch(fail);
    },
    async commit() {
      await buffer.flush();
      try {
        await setAttributes(handle, file.existing);
        await handle.sync();
        await handle.close();
        await renameOver(temporary, file.path, file.shown);
        renamed = true;
        finished();
        await syncFolder(folder);
      } catch (error) {
        await fail(error);
      }
    },
    async abandon() {
      abandoned = true;
      await discard();
    },
  };
}

/** Opened to append, so that a truncated file is written from its start again. */
async function createPrivate(path: string, shown: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    return await open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    const reason = hasCode(error, 'EACCES', 'EPERM', 'EROFS')
      ? `${reasonOf(error)} in its folder, where the new file is made before it takes the name; or use > ${shown}`
      : reasonOf(error);
    throw new CannotCreateError(shown, reason);
  }
}

/** Milliseconds between tries to rename. */
const RENAME_PAUSES = [20, 50, 100, 200, 400, 800];

/**
 * Renames a file or folder. Windows refuses that while another program, such as a virus scanner, has it open, so it is
 * tried again for a moment.
 *
 * @throws CannotCreateError also for what could not be foreseen: a file to which lines can only be appended, or what
 * others changed meanwhile
 */
export async function renameOver(temporary: string, path: string, shown: string): Promise<void> {
  for (const pause of [...RENAME_PAUSES, undefined]) {
    try {
      return await rename(temporary, path);
    } catch (error) {
      const inUse = hasCode(error, 'EPERM', 'EACCES', 'EBUSY');
      if (inUse && pause !== undefined) await sleep(pause);
      else throw new CannotCreateError(shown, `${reasonOf(error)}${inUse ? IN_USE : ''}`);
    }
  }
}

const IN_USE = '; another program may have it open: close it and run again';

/**
 * Gives a new file the owner and mode of the one it replaces, or what any new file gets: 0666 less the umask.
 * A group or owner that this user may not give is left; so is a mode where the file system has none.
 */
async function setAttributes(handle: FileHandle, replaced: Stats | undefined): Promise<void> {
  if (replaced !== undefined) {
    await handle.chown(-1, replaced.gid).catch(ignoreUnsupported);
    await handle.chown(replaced.uid, -1).catch(ignoreUnsupported);
  }
  const mode = replaced === undefined ? 0o666 & ~process.umask() : replaced.mode & 0o777;
  await handle.chmod(mode).catch(ignoreUnsupported);
}

const STICKY = 0o1000;

/**
 * Finds out before the work begins that another file could not take this one's name in the end.
 *
 * @throws CannotCreateError that says what to do
 */
async function checkReplaceable({ path, existing, shown }: AtomicFile): Promise<void> {
  if (existing === undefined) return;
  if (await isMountPoint(path)) {
    throw new CannotCreateError(
      shown,
      `is a mount point, which no file can replace as a whole; mount its folder instead, or use > ${shown}`,
    );
  }
  const folder = await stat(dirname(path));
  const user = process.geteuid?.() ?? 0;
  if ((folder.mode & STICKY) !== 0 && ![0, folder.uid, existing.uid].some((owner) => owner === user)) {
    throw new CannotCreateError(
      shown,
      `is another user's in a sticky folder, which lets nobody else replace it; use > ${shown}`,
    );
  }
}

/** Whether something is mounted at `path`, a file as Docker's `--volume FILE` does. Known on Linux only. */
async function isMountPoint(path: string): Promise<boolean> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8').catch(ignoreOsError)) ?? '';
  // White space and backslashes are written in octal.
  const written = path.replace(
    /[ \t\n\\]/g,
    (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return mounts.split('\n').some((line) => line.split(' ', 5)[4] === written);
}

/** Makes a rename in `path` outlive a power cut. Not every file system and mode lets a folder be opened. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY).catch(ignoreUnsupported);
  try {
    await handle?.sync().catch(ignoreUnsupported);
  } finally {
    await handle?.close();
  }
}

/** Writes all of `bytes`: one call may take a part only, which is how a disk fills up. */
export function writeFullySync(descriptor: number, bytes: Uint8Array): void {
  let start = 0;
  while (start < bytes.length) start += writeSync(descriptor, bytes, start);
}
