import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { resolveSetting } from '../../config/setting.js';
import { ALL_SETTINGS } from '../../config/settings.js';
import { CommandLineError, OCopilotError, SettingError } from '../../errors.js';
import { isOsError } from '../../os-error.js';
import { STDOUT_NAMES } from '../../output/file.js';
import { type FileUse, refuseOverlap } from '../../output/file-overlap.js';
import { lockFileOf } from '../../output/lock.js';
import { type Traits, traitsOf } from '../options/declare.js';
import { settingSources } from '../options/settings.js';
import type { Context, Host } from '../process/host.js';

const STDIN: FileUse = { name: 'stdin', at: 0 };

/** A file that the command line or a setting names. */
interface NamedFile extends Pick<Traits, 'file' | 'summed' | 'locked'> {
  /** `--output`, `O_COPILOT_SOURCE`; undefined for an argument. */
  readonly origin: string | undefined;
  readonly path: string;
}

/**
 * Checks the files that a command line reads and writes, as its options and arguments declare, before any of them is
 * opened. Settings that are wrong are left to the command.
 *
 * @throws CommandLineError where two of them must not be one, or one that is written would be stdout
 */
export async function checkFiles(
  command: CommandUnknownOpts,
  /** What is read beside the files that options and arguments name. */
  other: { readonly source: boolean; readonly stdin: boolean },
  { host }: Context,
): Promise<void> {
  const reads: FileUse[] = [];
  const writes: FileUse[] = [];
  let toFile = false;
  for (const { file, summed, locked, origin, path } of await namedFiles(command, other.source, host)) {
    const name = origin === undefined ? path : `${origin} ${path}`;
    const use: FileUse = { name, at: path, ...(summed && { summed }) };
    switch (file) {
      case 'source':
        reads.push(...(await sourceFiles(`${origin}`, path)));
        break;
      case 'read':
        if (path === '') throw new CommandLineError(`${origin ?? 'file'}: needs the name of a file, not ''`);
        reads.push(path === '-' && origin === undefined ? { ...use, ...STDIN } : use);
        break;
      case 'result':
        if (path === '' || STDOUT_NAMES.includes(path)) break;
        toFile = true;
        writes.push(use);
        break;
      case 'write-folder':
        if (path === '' || path === '-') {
          throw new CommandLineError(`<folder>: needs the name of a folder, not ${path || "''"}`);
        }
        toFile = true;
        writes.push({ ...use, name: `the folder ${path}` });
        break;
      case 'write':
        if (path === '' || STDOUT_NAMES.includes(path)) throw noFile(origin ?? 'file', path);
        writes.push(use);
        if (locked) writes.push({ name: `the lock file of ${name}`, at: lockFileOf(path) });
    }
  }
  const hasEnvFile = command.options.some((option) => option.long === '--env-file');
  if (hasEnvFile && command.getOptionValue('envFile') === undefined) reads.push({ name: '.env', at: '.env' });
  if (host.env.NODE_EXTRA_CA_CERTS) {
    reads.push({ name: 'NODE_EXTRA_CA_CERTS', at: host.env.NODE_EXTRA_CA_CERTS });
  }
  if (other.stdin) reads.push(STDIN);
  if (!toFile && host.stdout.fd !== undefined) writes.push({ name: 'stdout', at: host.stdout.fd });
  await refuseOverlap(reads, writes);
}

function noFile(origin: string, path: string): Error {
  const problem = `needs the name of a file${path === '' ? ", not ''" : ': stdout is for the result'}`;
  return origin.startsWith('--')
    ? new CommandLineError(`${origin}: ${problem}`)
    : new SettingError(origin, problem);
}

/** The files of a command line, and those of its settings wherever they were set, if its source is read. */
async function namedFiles(
  command: CommandUnknownOpts,
  ofSettings: boolean,
  host: Host,
): Promise<NamedFile[]> {
  const values = command.opts();
  const sources = ofSettings ? await orNothing(() => settingSources(values, host)) : undefined;
  const filesOf = (traits: Traits, origin: string | undefined, value: unknown): NamedFile[] =>
    [value].flat().flatMap((path) => (typeof path === 'string' ? { ...traits, origin, path } : []));
  const files = command.registeredArguments.flatMap((argument, index) =>
    filesOf(traitsOf(argument), undefined, command.processedArgs[index]),
  );
  for (const option of command.options) {
    const name = option.attributeName();
    const traits = traitsOf(option);
    const setting = ALL_SETTINGS[name];
    if (setting === undefined) {
      files.push(...filesOf(traits, option.variadic ? undefined : option.long, values[name]));
    } else if (setting.file !== undefined && sources !== undefined) {
      const found = await orNothing(() => resolveSetting(name, setting, sources));
      files.push(...filesOf(traits, found?.origin, found?.value));
    }
  }
  return files;
}

/** What is wrong with a setting or its file, the command itself says. */
async function orNothing<Result>(resolve: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await resolve();
  } catch (error) {
    if (error instanceof OCopilotError) return undefined;
    throw error;
  }
}

/** The messages and the reports that `--source` names. */
async function sourceFiles(origin: string, path: string): Promise<FileUse[]> {
  if (path === 'sample' || /^https?:/i.test(path)) return [];
  const reports = (folder: string) => ({
    name: `the reports of ${origin}`,
    at: join(folder, 'reports'),
  });
  if (path === '-') return [STDIN, reports('.')];
  try {
    return [
      { name: `${origin} ${path}`, at: path },
      reports((await stat(path)).isDirectory() ? path : dirname(path)),
    ];
  } catch (error) {
    // The command itself says what is wrong.
    if (isOsError(error)) return [];
    throw error;
  }
}
