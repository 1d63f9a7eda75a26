import { CannotCreateError, CommandLineError } from '../errors.js';
import { resolveTarget } from '../output/target.js';
import type { RawFlags } from './options/setting-options.js';

/** The flags that name a file which a job writes. */
const FILES = ['output', 'receipt', 'lock', 'metrics'] as const;

/**
 * Refuses one file for two purposes, through links too: the second to be written would replace the first, and a
 * bill would be gone with exit status 0.
 *
 * @throws CommandLineError
 */
export async function refuseSharedFiles(flags: RawFlags): Promise<void> {
  const seen = new Map<string, string>();
  for (const name of FILES) {
    const path = flags[name];
    if (typeof path !== 'string' || path === '' || path === '-') continue;
    const file = await fileAt(path);
    if (file === undefined) continue;
    const other = seen.get(file);
    if (other !== undefined)
      throw new CommandLineError(`--${other} and --${name} name the same file, ${path}`);
    seen.set(file, name);
  }
}

/** Undefined for what is no file of its own; what is wrong with such a path is said where it is opened. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const target = await resolveTarget(path);
    return target.kind === 'file' ? target.path : undefined;
  } catch (error) {
    if (error instanceof CannotCreateError) return undefined;
    throw error;
  }
}
