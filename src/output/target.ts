import type { Stats } from 'node:fs';
import { access, constants, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CannotCreateError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';

export type Target =
  /** A regular file, or none yet, at a path whose last part is no symbolic link. */
  | { readonly kind: 'file'; readonly path: string; readonly existing: Stats | undefined }
  /** A device, a FIFO, or a descriptor such as /dev/fd/3: it is written to, never replaced. */
  | { readonly kind: 'special'; readonly path: string };

/** Linux's own limit. */
const MAX_LINKS = 40;

/**
 * What a write to `path` would reach, through symbolic links, a dangling one too.
 * @throws CannotCreateError for a folder, a missing folder, a loop of links, a file that may not be written
 */
export async function resolveTarget(path: string): Promise<Target> {
  try {
    return await follow(path, await statIfExists(path));
  } catch (error) {
    if (error instanceof CannotCreateError) throw error;
    throw new CannotCreateError(path, reasonOf(error));
  }
}

async function follow(path: string, existing: Stats | undefined): Promise<Target> {
  if (existing?.isDirectory()) throw new CannotCreateError(path, 'is a directory');
  if (existing?.isFile() === false) return { kind: 'special', path };
  if (existing !== undefined) await access(path, constants.W_OK);
  let link = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const folder = await realFolder(path, link);
    if (isDescriptorFolder(folder)) return { kind: 'special', path };
    const here = join(folder, basename(link));
    const next = await readlinkIfLink(here);
    if (next === undefined) return { kind: 'file', path: here, existing };
    link = resolve(folder, next);
  }
  throw new CannotCreateError(path, 'too many symbolic links');
}

async function realFolder(path: string, link: string): Promise<string> {
  if (link === '' || link.endsWith('/')) throw new CannotCreateError(path, 'does not name a file');
  try {
    return await realpath(dirname(link));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new CannotCreateError(path, `there is no folder ${dirname(link)}`);
  }
}

/** `/dev/stdout` may be a regular file that others write to as well; replacing it would lose their part. */
function isDescriptorFolder(folder: string): boolean {
  return /^\/proc\/\d+\/(task\/\d+\/)?fd$/.test(folder);
}

async function statIfExists(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readlinkIfLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasCode(error, 'EINVAL', 'ENOENT')) return undefined;
    throw error;
  }
}
