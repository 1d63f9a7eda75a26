import { type BigIntStats, fstatSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isOsError } from '../os-error.js';

/** What a path or a descriptor leads to, so that two names of one file are recognised. */
export interface FileIdentity {
  readonly kind: 'file' | 'folder' | 'pipe' | 'device' | 'missing';
  /** Device and inode; undefined for what is missing, and where the file system has none. */
  readonly inode: string | undefined;
  /** Without links; of what is missing, where it would be created. Undefined for a descriptor. */
  readonly path: string | undefined;
  /** Hard links. */
  readonly links: number;
  readonly size: number;
}

/** Linux's own limit. */
const MAX_LINKS = 40;

export async function identify(path: string): Promise<FileIdentity> {
  const [stats, canonical] = await Promise.all([
    stat(path, { bigint: true }).catch(ifOsError),
    canonicalPath(path, MAX_LINKS),
  ]);
  return identityOf(stats, canonical);
}

/** Undefined where the descriptor is closed. */
export function identifyDescriptor(descriptor: number): FileIdentity | undefined {
  try {
    return identityOf(fstatSync(descriptor, { bigint: true }), undefined);
  } catch (error) {
    return ifOsError(error);
  }
}

/** Whether both are one file: by links, spellings, mounts, or a file system that ignores case. */
export async function isSameFile(a: FileIdentity, b: FileIdentity): Promise<boolean> {
  if (a.inode !== undefined && a.inode === b.inode) return true;
  if (a.path === undefined || b.path === undefined) return false;
  if (a.path === b.path) return true;
  // One that exists was found by its inode, in whatever case it was written.
  if (a.kind !== 'missing' || b.kind !== 'missing' || folded(a.path) !== folded(b.path)) return false;
  return ignoresCase(dirname(a.path));
}

/** Whether `file` is `folder` or lies below it. */
export async function isWithin(file: FileIdentity, folder: FileIdentity): Promise<boolean> {
  if (await isSameFile(file, folder)) return true;
  let path = file.path;
  while (path !== undefined && path !== dirname(path)) {
    path = dirname(path);
    if (await isSameFile(await identify(path), folder)) return true;
  }
  return false;
}

/**
 * Those of `files` of which an entry of `folder` is another name: a hard link, or a symbolic link that leads out of it.
 */
export async function filesWithEntry(
  folder: FileIdentity,
  files: readonly FileIdentity[],
): Promise<FileIdentity[]> {
  if (folder.path === undefined || folder.kind !== 'folder' || files.length === 0) return [];
  const entries = (await readdir(folder.path, { withFileTypes: true }).catch(ifOsError)) ?? [];
  // An appended descriptor may be a mount of an entry, which has one hard link only.
  const mayBeLinked = files.some(({ links, path, size }) => links > 1 || (path === undefined && size > 0));
  const found = new Set<FileIdentity>();
  for (const entry of entries) {
    if (!entry.isSymbolicLink() && !(mayBeLinked && entry.isFile())) continue;
    const identity = await identify(join(folder.path, entry.name));
    for (const file of files) if (await isSameFile(identity, file)) found.add(file);
  }
  return [...found];
}

function identityOf(stats: BigIntStats | undefined, path: string | undefined): FileIdentity {
  if (stats === undefined) return { kind: 'missing', inode: undefined, path, links: 0, size: 0 };
  const inode = stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
  return { kind: kindOf(stats), inode, path, links: Number(stats.nlink), size: Number(stats.size) };
}

function kindOf(stats: BigIntStats): FileIdentity['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isFIFO() || stats.isSocket() ? 'pipe' : 'device';
}

async function canonicalPath(path: string, linksLeft: number): Promise<string> {
  const real = await realpath(path).catch(ifOsError);
  if (real !== undefined) return real;
  const parent = dirname(path);
  // Not `resolve`: the working folder may be gone.
  if (parent === path) return path;
  const folder = await canonicalPath(parent, linksLeft);
  const target = await readlink(join(folder, basename(path))).catch(ifOsError);
  if (target === undefined || linksLeft === 0) return join(folder, basename(path));
  return canonicalPath(isAbsolute(target) ? target : join(folder, target), linksLeft - 1);
}

/** Whether names in `folder` that differ in case only are one: an entry is looked up in the other case. */
async function ignoresCase(folder: string): Promise<boolean> {
  const names = (await readdir(folder).catch(ifOsError)) ?? [];
  const name = names.find((each) => swapCase(each) !== each && !names.includes(swapCase(each)));
  if (name === undefined) return process.platform === 'darwin' || process.platform === 'win32';
  return (await stat(join(folder, swapCase(name))).catch(ifOsError)) !== undefined;
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** What cannot be looked at is an error of whoever opens it. */
function ifOsError(error: unknown): undefined {
  if (!isOsError(error)) throw error;
}
