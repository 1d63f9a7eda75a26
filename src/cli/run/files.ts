import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { SERVICE_SETTINGS } from '../../config/service-settings.js';
import { type Declarations, resolveSetting } from '../../config/setting.js';
import { SETTINGS } from '../../config/settings.js';
import { CommandLineError, OCopilotError, SettingError } from '../../errors.js';
import { isOsError } from '../../os-error.js';
import { STDOUT_NAMES } from '../../output/file.js';
import { type FileUse, refuseOverlap } from '../../output/file-overlap.js';
import { lockFileOf } from '../../output/lock.js';
import { type Traits, traitsOf } from '../options/declare.js';
import { settingSources } from '../options/settings.js';
import type { Context, Host } from '../process/host.js';

/** What a command uses beside the files that its options and arguments name. */
export interface OtherFiles {
  /** The data that `--source` names is read. */
  readonly source: boolean;
  readonly stdin: boolean;
}

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
  other: OtherFiles,
  { host }: Context,
): Promise<void> {
  const reads: FileUse[] = [];
  const writes: FileUse[] = [];
  let toFile = false;
  const ofSettings = other.source ? await settingFiles(command, host) : [];
  for (const { file, summed, locked, origin, path } of [...declaredFiles(command), ...ofSettings]) {
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

/** Those of options and arguments, but for settings. */
function declaredFiles(command: CommandUnknownOpts): NamedFile[] {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const declared = [
    ...command.registeredArguments.map((argument, index) => ({
      traits: traitsOf(argument),
      origin: undefined,
      value: command.processedArgs[index],
    })),
    ...command.options.map((option) => ({
      traits: traitsOf(option),
      origin: option.variadic ? undefined : option.long,
      value: option.attributeName() in ALL_SETTINGS ? undefined : values[option.attributeName()],
    })),
  ];
  return declared.flatMap(({ traits, origin, value }) =>
    [value].flat().flatMap((path) => (typeof path === 'string' ? { ...traits, origin, path } : [])),
  );
}

const ALL_SETTINGS: Declarations = { ...SETTINGS, ...SERVICE_SETTINGS };

/** Those of the command's settings, wherever they were set. */
async function settingFiles(command: CommandUnknownOpts, host: Host): Promise<NamedFile[]> {
  const options = command.opts();
  const { envFile } = options;
  try {
    const sources = await settingSources(
      { ...options, ...(typeof envFile === 'string' && { envFile }) },
      host,
    );
    return command.options.flatMap((option) => {
      const name = option.attributeName();
      const setting = ALL_SETTINGS[name];
      if (setting?.file === undefined) return [];
      const { value, origin } = resolveSetting(name, setting, sources);
      return typeof value === 'string' ? { file: setting.file, origin, path: value } : [];
    });
  } catch (error) {
    // The command itself says what is wrong.
    if (error instanceof OCopilotError) return [];
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
