import { type BigIntStats, fstatSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { CommandLineError } from '../errors.js';
import { ignoreOsError } from '../os-error.js';
import { ownerOf } from './temporary-name.js';

/** Two of the files of a run are one: none of them may be written, not even to report this failure. */
export class FileOverlapError extends CommandLineError {}

/** A file, folder or standard stream that a run uses. */
export interface FileUse {
  /** As the user wrote it: `--output bill.csv`, `stdin`. */
  readonly name: string;
  /** A descriptor for a standard stream. */
  readonly at: string | number;
  /** Added to others of its kind: one that is named twice would be counted twice. */
  readonly summed?: boolean;
}

type Identified = FileUse & FileIdentity;

/**
 * Refuses a run that would write to what it reads, write two results to one file, or count one input twice. Nothing is
 * opened.
 *
 * @throws FileOverlapError that names both
 */
export async function refuseOverlap(reads: readonly FileUse[], writes: readonly FileUse[]): Promise<void> {
  const outputs = (await identifyAll(writes)).filter(holdsData);
  if (outputs.length === 0 && reads.length < 2) return;
  const inputs = await identifyAll(reads);
  for (const input of inputs) {
    for (const output of outputs) {
      if ((await hasEntry(input, output)) || (await overlaps(output, input))) {
        throw new FileOverlapError(
          `${output.name} and ${input.name}: a run never writes to a file or folder that it reads`,
        );
      }
    }
  }
  for (const [index, output] of outputs.entries()) {
    for (const other of outputs.slice(0, index)) await refuseOneForTwo(other, output);
  }
  await refuseTwice(inputs);
}

async function refuseTwice(inputs: readonly Identified[]): Promise<void> {
  for (const [index, input] of inputs.entries()) {
    for (const other of inputs.slice(0, index)) {
      // A pipe gives its bytes once, so whoever reads it second gets nothing.
      const once = input.kind === 'pipe' || (input.at === 0 && other.at === 0);
      if (!once && !(input.summed && other.summed)) continue;
      if (!(await isSameFile(input, other))) continue;
      if (other.at === 0 && input.at === 0) {
        throw new FileOverlapError('stdin cannot be both of two inputs: it can be read once only');
      }
      const reason = once ? 'can be read once only' : 'would be counted twice';
      throw new FileOverlapError(`${other.name} and ${input.name} are the same file, which ${reason}`);
    }
  }
}

async function refuseOneForTwo(first: Identified, second: Identified): Promise<void> {
  const both = `${first.name} and ${second.name}`;
  if (await isSameFile(first, second)) {
    throw new FileOverlapError(`${both} name the same file`);
  }
  const isInside = (await isWithin(first, second)) || (await isWithin(second, first));
  if (isInside) throw new FileOverlapError(`${both}: one is inside the other`);
}

async function identifyAll(uses: readonly FileUse[]): Promise<Identified[]> {
  const found = await Promise.all(
    uses.map(async (use) => {
      const identity = typeof use.at === 'string' ? await identify(use.at) : identifyDescriptor(use.at);
      return identity === undefined ? [] : [{ ...use, ...identity }];
    }),
  );
  return found.flat();
}

/** Whether bytes stay where they are written: a terminal, a pipe or /dev/null may be used for two things. */
function holdsData({ kind }: FileIdentity): boolean {
  return kind !== 'pipe' && kind !== 'device';
}

async function overlaps(output: FileIdentity, input: FileIdentity): Promise<boolean> {
  if (!holdsData(input)) return false;
  if (isLeftover(input, output)) return true;
  // Also of a folder that does not exist yet. A file that is missing is not read.
  return (await isWithin(output, input)) || (input.kind !== 'missing' && isWithin(input, output));
}

/** Whether `input` is what a killed run left of `output`, which the next one removes. */
function isLeftover(input: FileIdentity, output: FileIdentity): boolean {
  if (input.path === undefined || output.path === undefined) return false;
  const [entry = ''] = relative(dirname(output.path), input.path).split(sep);
  return ownerOf(entry, basename(output.path)) !== undefined;
}

/** What a path or a descriptor leads to, so that two names of one file are recognised. */
interface FileIdentity {
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

async function identify(path: string): Promise<FileIdentity> {
  const [stats, canonical] = await Promise.all([
    stat(path, { bigint: true }).catch(ignoreOsError),
    canonicalPath(path, MAX_LINKS),
  ]);
  return identityOf(stats, canonical);
}

/** Undefined where the descriptor is closed. */
function identifyDescriptor(descriptor: number): FileIdentity | undefined {
  try {
    return identityOf(fstatSync(descriptor, { bigint: true }), undefined);
  } catch (error) {
    return ignoreOsError(error);
  }
}

/** Whether both are one file: by links, spellings, mounts, or a file system that ignores case. */
async function isSameFile(a: FileIdentity, b: FileIdentity): Promise<boolean> {
  if (a.inode !== undefined && a.inode === b.inode) return true;
  if (a.path === undefined || b.path === undefined) return false;
  if (a.path === b.path) return true;
  // One that exists was found by its inode, in whatever case it was written.
  if (a.kind !== 'missing' || b.kind !== 'missing' || folded(a.path) !== folded(b.path)) return false;
  return ignoresCase(dirname(a.path));
}

/** Whether `file` is `folder` or lies below it. */
async function isWithin(file: FileIdentity, folder: FileIdentity): Promise<boolean> {
  if (await isSameFile(file, folder)) return true;
  let path = file.path;
  while (path !== undefined && path !== dirname(path)) {
    path = dirname(path);
    if (await isSameFile(await identify(path), folder)) return true;
  }
  return false;
}

/** Whether an entry of `folder` is another name of `file`: a hard link, or a symbolic link that leads out of it. */
async function hasEntry(folder: FileIdentity, file: FileIdentity): Promise<boolean> {
  if (folder.path === undefined || folder.kind !== 'folder') return false;
  // An appended descriptor may be a mount of an entry, which has one hard link only.
  const mayBeLinked = file.links > 1 || (file.path === undefined && file.size > 0);
  for (const entry of (await readdir(folder.path, { withFileTypes: true }).catch(ignoreOsError)) ?? []) {
    if (!entry.isSymbolicLink() && !(mayBeLinked && entry.isFile())) continue;
    if (await isSameFile(await identify(join(folder.path, entry.name)), file)) return true;
  }
  return false;
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
  const real = await realpath(path).catch(ignoreOsError);
  if (real !== undefined) return real;
  const parent = dirname(path);
  // Not `resolve`: the working folder may be gone.
  if (parent === path) return path;
  const folder = await canonicalPath(parent, linksLeft);
  const target = await readlink(join(folder, basename(path))).catch(ignoreOsError);
  if (target === undefined || linksLeft === 0) return join(folder, basename(path));
  return canonicalPath(isAbsolute(target) ? target : join(folder, target), linksLeft - 1);
}

/** Whether names in `folder` that differ in case only are one: an entry is looked up in the other case. */
async function ignoresCase(folder: string): Promise<boolean> {
  const names = (await readdir(folder).catch(ignoreOsError)) ?? [];
  const name = names.find((each) => swapCase(each) !== each && !names.includes(swapCase(each)));
  if (name === undefined) return process.platform === 'darwin' || process.platform === 'win32';
  return (await stat(join(folder, swapCase(name))).catch(ignoreOsError)) !== undefined;
}

function swapCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
