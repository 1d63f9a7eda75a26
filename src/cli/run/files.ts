import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { SERVICE_SETTINGS } from '../../config/service-settings.js';
import { type Declarations, resolveSetting } from '../../config/setting.js';
import { SETTINGS } from '../../config/settings.js';
import { OCopilotError } from '../../errors.js';
import { isOsError } from '../../os-error.js';
import { STDOUT_NAMES } from '../../output/file.js';
import { type FileUse, refuseOverlap } from '../../output/file-overlap.js';
import { traitsOf } from '../options/declare.js';
import { settingSources } from '../options/settings.js';
import type { Context, Host } from '../process/host.js';

/** What a command uses beside the files that its options and arguments name. */
export interface OtherFiles {
  /** The data that `--source` names is read. */
  readonly source: boolean;
  readonly stdin: boolean;
}

const STDIN: FileUse = { name: 'stdin', at: 0 };

/**
 * Checks the files that a command line reads and writes, as its options and arguments declare, before any of them is
 * opened. Settings that are wrong are left to the command.
 *
 * @throws CommandLineError where two of them must not be one
 */
export async function checkFiles(
  command: CommandUnknownOpts,
  other: OtherFiles,
  { host }: Context,
): Promise<void> {
  const { reads, writes } = declaredFiles(command);
  const options = command.opts();
  const hasEnvFile = command.options.some((option) => option.long === '--env-file');
  if (hasEnvFile && options.envFile === undefined) reads.push({ name: '.env', at: '.env' });
  if (host.env.NODE_EXTRA_CA_CERTS) {
    reads.push({ name: 'NODE_EXTRA_CA_CERTS', at: host.env.NODE_EXTRA_CA_CERTS });
  }
  if (other.stdin) reads.push(STDIN);
  if (other.source) {
    reads.push(...(await sourceFiles(options, host)));
    const set = await filesOfSettings(command, host);
    reads.push(...set.reads);
    writes.push(...set.writes);
  }
  const toFile = writes.some(({ name }) => !SIDE_FILES.test(name));
  if (!toFile && host.stdout.fd !== undefined) {
    writes.push({ name: 'stdout', at: host.stdout.fd });
  }
  await refuseOverlap(reads, writes);
}

/** Files beside the result, which then goes to stdout. */
const SIDE_FILES = /^--(?!output )/;

function declaredFiles(command: CommandUnknownOpts): { reads: FileUse[]; writes: FileUse[] } {
  const reads: FileUse[] = [];
  const writes: FileUse[] = [];
  const values: Readonly<Record<string, unknown>> = command.opts();
  const uses = [
    ...command.registeredArguments.map((argument, index) => ({
      traits: traitsOf(argument),
      value: command.processedArgs[index],
      label: '',
    })),
    ...command.options.map((option) => ({
      traits: traitsOf(option),
      value: values[option.attributeName()],
      label: option.variadic ? '' : `${option.long} `,
    })),
  ];
  for (const { traits, value, label } of uses) {
    for (const path of [value].flat()) {
      if (typeof path !== 'string' || path === '' || traits.file === undefined) continue;
      // Looked at with the settings, which may name it too.
      if (traits.file === 'source') continue;
      if (traits.file === 'write-folder') writes.push({ name: `the folder ${path}`, at: path });
      else if (traits.file === 'write') {
        if (!STDOUT_NAMES.includes(path)) writes.push({ name: `${label}${path}`, at: path });
      } else {
        const use = path === '-' && label === '' ? STDIN : { name: `${label}${path}`, at: path };
        reads.push(traits.summed ? { ...use, summed: true } : use);
      }
    }
  }
  return { reads, writes };
}

/** The files that settings of the command name in variables, which no flag replaces. */
async function filesOfSettings(
  command: CommandUnknownOpts,
  host: Host,
): Promise<{ reads: FileUse[]; writes: FileUse[] }> {
  const reads: FileUse[] = [];
  const writes: FileUse[] = [];
  const { envFile } = command.opts();
  const names = new Set(command.options.map((option) => option.attributeName()));
  try {
    const sources = await settingSources(typeof envFile === 'string' ? { envFile } : {}, host);
    const declarations: Declarations = SERVICE_SETTINGS;
    for (const [name, setting] of Object.entries(declarations)) {
      if (!names.has(name) || setting.file === undefined || setting.file === 'source') continue;
      if (command.getOptionValue(name) !== undefined) continue;
      const { given, origin } = resolveSetting(name, setting, { ...sources, flags: {} });
      if (given === undefined) continue;
      (setting.file === 'write' ? writes : reads).push({ name: `${origin} ${given}`, at: given });
    }
  } catch (error) {
    // The command itself says what is wrong.
    if (!(error instanceof OCopilotError)) throw error;
  }
  return { reads, writes };
}

/** The files of `--source`, wherever that was set. */
async function sourceFiles(options: Readonly<Record<string, unknown>>, host: Host): Promise<FileUse[]> {
  try {
    const { envFile } = options;
    const sources = await settingSources(typeof envFile === 'string' ? { ...options, envFile } : {}, host);
    const { value: where, origin } = resolveSetting('source', SETTINGS.source, {
      ...sources,
      flags: options,
    });
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
