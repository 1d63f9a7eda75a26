import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { resolveSetting } from '../config/setting.js';
import { SETTINGS } from '../config/settings.js';
import { OCopilotError } from '../errors.js';
import { isOsError } from '../os-error.js';
import { STDOUT_NAMES } from '../output/file.js';
import { type FileUse, refuseOverlap } from '../output/file-overlap.js';
import type { Host } from './host.js';
import { type RawFlags, settingSources } from './options/setting-options.js';
import { pricedFrom } from './options/summary-options.js';

/*
 * Every file that a run reads and writes. A new flag or command that names one is added here; a test holds these tables
 * against the options of the program.
 */

/** The flags that name one file to write, in every command that has them. */
export const WRITTEN_FLAGS = {
  output: '--output',
  receipt: '--receipt',
  metrics: '--metrics',
  lock: '--lock',
  addressFile: '--address-file',
};

/** The flags that name one file to read, in every command that has them. */
export const READ_FLAGS = {
  rates: '--rates',
  reports: '--reports',
  envFile: '--env-file',
  tokens: '--tokens',
  jwtSecretFile: '--jwt-secret-file',
  jwks: '--jwks',
  tlsCert: '--tls-cert',
  tlsKey: '--tls-key',
  tlsClientCa: '--tls-client-ca',
};

type Arguments = readonly unknown[];

/** What a command uses beside those flags. */
interface CommandFiles {
  /** Whether the data that `--source` names is read. */
  readonly source?: (args: Arguments, flags: RawFlags) => boolean;
  readonly reads?: (args: Arguments, flags: RawFlags) => FileUse[];
  readonly writes?: (args: Arguments) => FileUse[];
  /** Its result is no stream, so nothing goes to stdout. */
  readonly noStdout?: true;
}

const STDIN: FileUse = { name: 'stdin', at: 0 };
const always = () => true;

export const COMMAND_FILES: Readonly<Record<string, CommandFiles>> = {
  usage: { source: always },
  summary: {
    source: (_, flags) => pricedFrom(flags) === undefined,
    reads: (_, flags) => summed(pricedFrom(flags) ?? []),
  },
  explain: { source: (_, { text }) => text === undefined },
  diff: {
    source: ([old, fresh], { total }) => fresh === undefined && (old === undefined || total === undefined),
    reads: (args) => pathsIn(args).map(inputAt),
  },
  price: {
    source: (_, { reports, source }) => reports === undefined && source !== '-',
    reads: () => [STDIN],
  },
  merge: { reads: (args) => summed(pathsIn(args).length === 0 ? ['-'] : pathsIn(args)) },
  rates: {},
  verify: {
    source: (_, { source }) => source !== undefined,
    reads: (args) => pathsIn(args).map((path) => ({ name: path, at: path })),
  },
  snapshot: {
    source: always,
    writes: (args) => pathsIn(args).map((path) => ({ name: `the folder ${path}`, at: path })),
    noStdout: true,
  },
  report: {
    source: always,
    writes: (args) =>
      pathsIn(args)
        .filter((path) => path !== '-')
        .map(inputAt),
  },
  serve: { reads: (_, { hashToken }) => (hashToken === undefined ? [] : [STDIN]) },
  config: {},
};

/**
 * Checks the files of a command line before any of them is opened. Settings that are wrong are left to the command.
 *
 * @throws CommandLineError where two of them must not be one
 */
export async function checkFiles(command: Command, host: Host): Promise<void> {
  const flags: RawFlags = command.opts();
  const args = command.processedArgs;
  const files = COMMAND_FILES[command.name()] ?? {};
  const reads = [...flagged(READ_FLAGS, flags), ...(files.reads?.(args, flags) ?? [])];
  const hasSettings = command.options.some((option) => option.attributeName() === 'envFile');
  if (hasSettings && flags.envFile === undefined) reads.push({ name: '.env', at: '.env' });
  if (host.env.NODE_EXTRA_CA_CERTS) {
    reads.push({ name: 'NODE_EXTRA_CA_CERTS', at: host.env.NODE_EXTRA_CA_CERTS });
  }
  if (files.source?.(args, flags)) reads.push(...(await sourceFiles(flags, host)));
  await refuseOverlap(reads, writesOf(files, args, flags, host));
}

function writesOf(files: CommandFiles, args: Arguments, flags: RawFlags, { stdout }: Host): FileUse[] {
  const own = files.writes?.(args) ?? [];
  const writes = [
    ...own,
    ...flagged(WRITTEN_FLAGS, flags).filter(({ at }) => !STDOUT_NAMES.includes(`${at}`)),
  ];
  const elsewhere = own.length > 0 || writes.some(({ name }) => name.startsWith('--output '));
  if (!elsewhere && !files.noStdout && 'fd' in stdout && typeof stdout.fd === 'number') {
    writes.push({ name: 'stdout', at: stdout.fd });
  }
  return writes;
}

/** The files of `--source`, wherever that was set. */
async function sourceFiles(flags: RawFlags, host: Host): Promise<FileUse[]> {
  try {
    const places = await settingSources(flags, host);
    const { value: where, origin } = resolveSetting('source', SETTINGS.source, places);
    if (where === 'sample' || /^https?:/i.test(where)) return [];
    const reports = (folder: string) => ({ name: `the reports of ${origin}`, at: join(folder, 'reports') });
    if (where === '-') return [STDIN, reports('.')];
    const isFolder = (await stat(where)).isDirectory();
    return [{ name: `${origin} ${where}`, at: where }, reports(isFolder ? where : dirname(where))];
  } catch (error) {
    // The command itself says what is wrong.
    if (error instanceof OCopilotError || isOsError(error)) return [];
    throw error;
  }
}

function flagged(names: Readonly<Record<string, string>>, flags: RawFlags): FileUse[] {
  return Object.entries(names).flatMap(([name, flag]) => {
    const path = flags[name];
    return typeof path === 'string' && path !== '' ? [{ name: `${flag} ${path}`, at: path }] : [];
  });
}

function pathsIn(args: Arguments): string[] {
  return args.flat().filter((arg): arg is string => typeof arg === 'string' && arg !== '');
}

function inputAt(path: string): FileUse {
  return path === '-' ? STDIN : { name: path, at: path };
}

function summed(paths: readonly string[]): FileUse[] {
  return paths.map((path) => ({ ...inputAt(path), summed: true }));
}
