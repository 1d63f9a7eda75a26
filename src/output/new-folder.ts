import { createHash } from 'node:crypto';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';
import { renameOver, syncFolder, writeFullySync } from './atomic-file.js';
import { removeAtExit, removeStale, temporaryName } from './temporary-name.js';

/** What was written of one file. */
interface WrittenFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A file of a new folder, being written. */
interface NewFile {
  /** @throws CannotWriteError */
  write(bytes: Uint8Array): void;
  /** Syncs and closes it. Safe twice. @throws CannotWriteError */
  close(): Promise<WrittenFile>;
}

/** A folder that appears under its name only when it is complete. */
export interface NewFolder {
  /** Begins the file `name`, or begins it anew. It may lie in a subfolder: `reports/5.json`. */
  openFile(name: string): Promise<NewFile>;
  commit(): Promise<void>;
  /** Leaves nothing behind. Safe after commit and twice. */
  abandon(): Promise<void>;
}

/**
 * Builds a folder beside `path` and renames it there at commit. A folder that holds anything is never replaced.
 *
 * @throws CannotCreateError at once where `path` cannot become a new folder
 */
export async function newFolder(path: string): Promise<NewFolder> {
  const target = resolve(path);
  await refuseExisting(target, path);
  await removeStale(dirname(target), basename(target));
  const temporary = join(dirname(target), temporaryName(basename(target)));
  await mkdir(temporary, { mode: 0o777 }).catch((error: unknown) => {
    throw new CannotCreateError(path, reasonOf(error));
  });
  const finished = removeAtExit(temporary);
  const subfolders = new Set<string>();

  async function openFile(name: string): Promise<NewFile> {
    const file = join(temporary, name);
    const folder = dirname(file);
    if (!subfolders.has(folder)) {
      await mkdir(folder, { recursive: true }).catch(fail);
      subfolders.add(folder);
    }
    const handle = await open(file, 'w').catch(fail);
    const hash = createHash('sha256');
    let bytes = 0;
    let written: WrittenFile | undefined;
    return {
      write(chunk) {
        hash.update(chunk);
        bytes += chunk.length;
        try {
          writeFullySync(handle.fd, chunk);
        } catch (error) {
          fail(error);
        }
      },
      async close() {
        if (written !== undefined) return written;
        written = { bytes, sha256: hash.digest('hex') };
        await handle.sync().catch(fail);
        await handle.close();
        return written;
      },
    };
  }

  function fail(error: unknown): never {
    throw new CannotWriteError(path, reasonOf(error));
  }

  return {
    openFile,
    async commit() {
      for (const folder of subfolders) await syncFolder(folder);
      await syncFolder(temporary);
      // An empty folder of that name is replaced; a filled one makes rename fail, whoever filled it meanwhile.
      await renameOver(temporary, target, path);
      finished();
      await syncFolder(dirname(target));
    },
    async abandon() {
      await rm(temporary, { recursive: true, force: true });
      finished();
    },
  };
}

async function refuseExisting(target: string, shown: string): Promise<void> {
  try {
    await rmdir(target);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw new CannotCreateError(shown, 'exists and is not empty');
    if (hasCode(error, 'EBUSY')) {
      throw new CannotCreateError(shown, 'is a mount point or in use; name a new folder inside it');
    }
    throw new CannotCreateError(shown, reasonOf(error));
  }
}
