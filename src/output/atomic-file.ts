import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';
import { abandonedError } from './abandoned.js';
import { setAttributes } from './file-attributes.js';
import { createIntake } from './intake.js';
import { checkReplaceable } from './replaceable.js';
import type { Sink, SinkOptions } from './sink.js';
import { syncFolder } from './sync-folder.js';
import { removeAtExit, removeStale, temporaryName } from './temporary-name.js';
import { writeFullySync } from './write-fully.js';

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
export async function atomicFileSink(file: AtomicFile, options: SinkOptions): Promise<Sink> {
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
    if (!renamed) await unlinkIfExists(temporary);
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

  const intake = createIntake(deliver, options);

  return {
    closed: false,
    write: intake.write,
    digest: intake.digest,
    async restart() {
      intake.restart();
      await handle.truncate(0).catch(fail);
    },
    async commit() {
      await intake.flush();
      try {
        await setAttributes(handle, file.existing);
        await handle.sync();
        await handle.close();
        await renameOver(temporary, file);
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

/** What checkReplaceable could not foresee: a file to which lines can only be appended, or what others changed meanwhile. */
async function renameOver(temporary: string, file: AtomicFile): Promise<void> {
  try {
    await rename(temporary, file.path);
  } catch (error) {
    throw new CannotCreateError(file.shown, reasonOf(error));
  }
}

async function unlinkIfExists(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
