import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode, ignoreOsError, isOsError } from '../os-error.js';

/** Bytes of the target's name that are used: with the rest, under the 255 that file systems allow. */
const MAX_STEM = 190;

/** Milliseconds. A file this old that nobody wrote to belongs to no live run, wherever it ran. */
const DAY = 86_400_000;

/** `.NAME.<where>-<pid>-<random>.tmp`: says which process it belongs to, so that a dead one's can go. */
export function temporaryName(name: string): string {
  const random = Math.random().toString(36).slice(2, 12);
  return `${prefixOf(name)}${pidSpace()}-${process.pid}-${random}.tmp`;
}

const unfinished = new Set<string>();

/** Removes `path` when the process exits, also at once, unless what is returned was called before. */
export function removeAtExit(path: string): () => void {
  if (unfinished.size === 0) process.on('exit', removeUnfinished);
  unfinished.add(path);
  return () => {
    if (unfinished.delete(path) && unfinished.size === 0) process.off('exit', removeUnfinished);
  };
}

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
}

/**
 * Removes what killed runs left in `folder` for the target `name`: files and folders whose process has ended on this
 * machine, or not written for a day. Best effort: what cannot be removed stays.
 */
export async function removeStale(folder: string, name: string): Promise<void> {
  for (const entry of (await readdir(folder).catch(ignoreOsError)) ?? []) {
    const owner = ownerOf(entry, name);
    if (owner !== undefined) await removeIfStale(join(folder, entry), owner).catch(ignoreOsError);
  }
}

/** The process that made a temporary name of the target `name`; undefined where it is none. */
export function ownerOf(entry: string, name: string) {
  const prefix = prefixOf(name);
  if (!entry.startsWith(prefix)) return undefined;
  const [, where, pid] = /^([0-9a-z]+)-(\d{1,9})-[0-9a-z]+\.tmp$/.exec(entry.slice(prefix.length)) ?? [];
  return where === undefined ? undefined : { where, pid: Number(pid) };
}

async function removeIfStale(path: string, { where, pid }: NonNullable<ReturnType<typeof ownerOf>>) {
  const stats = await lstat(path);
  const ended = where === pidSpace() && !isAlive(pid);
  if (!ended && Date.now() - stats.mtimeMs <= DAY) return;
  if (stats.isFile()) await unlink(path);
  else if (stats.isDirectory()) await rm(path, { recursive: true });
}

function prefixOf(name: string): string {
  let stem = name;
  while (Buffer.byteLength(stem) > MAX_STEM) stem = Array.from(stem).slice(0, -1).join('');
  return `.${stem}.`;
}

/**
 * Names where a pid means the same process: this boot and, in a container, its pid namespace. A folder may
 * be shared with other machines and containers, whose pids say nothing here.
 */
function pidSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    return boot + readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch (error) {
    if (!isOsError(error)) throw error;
    return `h${hostname()
      .toLowerCase()
      .replace(/[^0-9a-z]/g, '')
      .slice(0, 20)}`;
  }
}

/** Whether a process with this id runs on this machine, in this pid namespace. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
