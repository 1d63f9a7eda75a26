import { createHash } from 'node:crypto';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CannotCreateError, CannotWriteError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';
import { renameOver, syncFolder, writeFullySync } from './atomic-file.js';
import { removeAtExit, removeStale, temporaryName } from './temporary-name.js';

/**
 * Builds a folder beside `path` and renames it there at commit. A folder that holds anything is never replaced.
 *
 * @throws CannotCreateError at once where `path` cannot become a new folder
 */
export async function newFolder(path: string) {
  const target = resolve(path);
  await refuseExisting(target, path);
  await removeStale(dirname(target), basename(target));
  const temporary = join(dirname(target), temporaryName(basename(target)));
  await mkdir(temporary, { mode: 0o777 }).catch((error: unknown) => {
    throw new CannotCreateError(path, reasonOf(error));
  });
  const finished = removeAtExit(temporary);
  const subfolders = new Set<string>();

  /** Begins the file `name`, or begins it anew. It may lie in a subfolder: `reports/5.json`. */
  async function openFile(name: string) {
    const file = join(temporary, name);
    const folder = dirname(file);
    if (!subfolders.has(folder)) {
      await mkdir(folder, { recursive: true }).catch(fail);
      subfolders.add(folder);
    }
    const handle = await open(file, 'w').catch(fail);
    const hash = createHash('sha256');
    let bytes = 0;
    let written: { readonly bytes: number; readonly sha256: string } | undefined;
    return {
      /** @throws CannotWriteError */
      write(chunk: Uint8Array): void {
        hash.update(chunk);
        bytes += chunk.length;
        try {
          writeFullySync(handle.fd, chunk);
        } catch (error) {
          fail(error);
        }
      },
      /** Syncs and closes it, and gives its size and SHA-256 in hex. Safe twice. @throws CannotWriteError */
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
    /** Gives it its name, now that it is complete. */
    async commit(): Promise<void> {
      for (const folder of subfolders) await syncFolder(folder);
      await syncFolder(temporary);
      // An empty folder of that name is replaced; a filled one makes rename fail, whoever filled it meanwhile.
      await renameOver(temporary, target, path);
      finished();
      await syncFolder(dirname(target));
    },
    /** Leaves nothing behind. Safe after commit and twice. */
    async abandon(): Promise<void> {
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
