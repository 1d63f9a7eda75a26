import { access, constants, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { CannotCreateError } from '../errors.js';
import { hasCode, ignore, reasonOf } from '../os-error.js';
import { type AtomicFile, atomicFileWriter } from './atomic-file.js';
import { type StdoutOptions, specialFileWriter, stdoutWriter } from './stdout.js';
import type { Writer, WriterOptions } from './writer.js';

/**
 * A writer into the file `path`: replaced as a whole on commit, through a symbolic link too, keeping its mode;
 * a device or FIFO is written to instead.
 * @throws CannotCreateError when no such file can be made or written
 */
export async function fileWriter(path: string, options: WriterOptions = {}): Promise<Writer> {
  const target = await resolveTarget(path).catch((error: unknown) => {
    throw error instanceof CannotCreateError ? error : new CannotCreateError(path, reasonOf(error));
  });
  return target === undefined ? specialFileWriter(path, options) : atomicFileWriter(target, options);
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

/** Linux's own limit. */
const MAX_LINKS = 40;

/**
 * What a write to `path` would reach, through symbolic links, a dangling one too. Undefined for a device, a FIFO, or a
 * descriptor such as /dev/fd/3: it is written to, never replaced.
 * @throws CannotCreateError for a folder, a missing folder, a loop of links; the system's for a file that may not be written
 */
async function resolveTarget(path: string): Promise<AtomicFile | undefined> {
  const existing = await stat(path).catch(ignore('ENOENT'));
  if (existing?.isDirectory()) throw new CannotCreateError(path, 'is a directory');
  if (existing?.isFile() === false) return undefined;
  if (existing !== undefined) await access(path, constants.W_OK);
  let link = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const folder = await realFolder(path, link);
    if (isDescriptorFolder(folder)) return undefined;
    const here = join(folder, basename(link));
    const next = await readlink(here).catch(ignore('EINVAL', 'ENOENT'));
    if (next === undefined) return { path: here, existing, shown: path };
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
