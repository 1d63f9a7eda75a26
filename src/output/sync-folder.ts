import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ignoreUnsupported } from '../os-error.js';

/** Makes a rename in `path` outlive a power cut. Not every file system and mode lets a folder be opened. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY).catch(ignoreUnsupported);
  try {
    await handle?.sync().catch(ignoreUnsupported);
  } finally {
    await handle?.close();
  }
}
