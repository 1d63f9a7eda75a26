import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CannotCreateError } from '../errors.js';
import { isOsError } from '../os-error.js';
import type { AtomicFile } from './atomic-file.js';

const STICKY = 0o1000;

/**
 * Finds out before the work begins that another file could not take this one's name in the end.
 *
 * @throws CannotCreateError that says what to do
 */
export async function checkReplaceable({ path, existing, shown }: AtomicFile): Promise<void> {
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

/** Whether something is mounted at `path`, a file as Docker's `--volume FILE` does. Only Linux can tell. */
async function isMountPoint(path: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch((error: unknown) => {
    if (isOsError(error)) return '';
    throw error;
  });
  // White space and backslashes are written in octal.
  const written = path.replace(
    /[ \t\n\\]/g,
    (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return mounts.split('\n').some((line) => line.split(' ', 5)[4] === written);
}
