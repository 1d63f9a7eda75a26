import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ignoreUnsupported } from '../os-error.js';

/**
 * Gives a new file the owner and mode of the one it replaces, or what any new file gets: 0666 less the umask.
 * A group or owner that this user may not give is left; so is a mode where the file system has none.
 */
export async function setAttributes(handle: FileHandle, replaced: Stats | undefined): Promise<void> {
  if (replaced !== undefined) {
    await handle.chown(-1, replaced.gid).catch(ignoreUnsupported);
    await handle.chown(replaced.uid, -1).catch(ignoreUnsupported);
  }
  const mode = replaced === undefined ? 0o666 & ~process.umask() : replaced.mode & 0o777;
  await handle.chmod(mode).catch(ignoreUnsupported);
}
