import type { Stats } from 'node:fs';
import { access, constants, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { CannotCreateError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';
import { atomicFileWriter } from './atomic-file.js';
import { specialFileWriter } from './special-file.js';
import { type StdoutOptions, stdoutWriter } from './stdout.js';
import type { Writer, WriterOptions } from './writer.js';

/**
 * A writer into the file `path`: replaced as a whole on commit, through a symbolic link too, keeping its mode;
 * a device or FIFO is written to instead.
 * @throws CannotCreateError when no such file can be made or written
 */
export async function fileWriter(path: string, options: WriterOptions = {}): Promise<Writer> {
  const target = await resolveTarget(path);
  if (target.kind === 'special') return specialFileWriter(path, options);
  return atomicFileWriter({ ...target, shown: path }, options);
}

/**
 * Replaces a small file as a whole.
 * @throws CannotCreateError, CannotWriteError
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const writer = await fileWriter(path);
  try {
    await writer.write(content);
    await writer.commit();
  } finally {
    await writer.abandon();
  }
}

/** Names of the standard output; written as such, a reader that leaves early is no error here either. */
export const STDOUT_NAMES: readonly string[] = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/**
 * The writer for `--output`; undefined means stdout.
 * @throws CannotCreateError
 */
export async function openWriter(
  output: string | undefined,
  stdout: Writable,
  options: StdoutOptions = {},
): Promise<Writer> {
  if (output === undefined || STDOUT_NAMES.includes(output)) return stdoutWriter(stdout, options);
  return fileWriter(output, options);
}

type ResolvedPath =
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
async function resolveTarget(path: string): Promise<ResolvedPath> {
  try {
    return await follow(path, await statIfExists(path));
  } catch (error) {
    if (error instanceof CannotCreateError) throw error;
    throw new CannotCreateError(path, reasonOf(error));
  }
}

async function follow(path: string, existing: Stats | undefined): Promise<ResolvedPath> {
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
