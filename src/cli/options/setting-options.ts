import type { Command } from 'commander';
import { readEnvFile } from '../../config/env-file.js';
import { resolveSettings, type Settings } from '../../config/resolve.js';
import { SETTINGS, type SettingName } from '../../config/settings.js';
import { choicesOf } from '../../config/value.js';
import type { Host } from '../host.js';
import { optionAdder } from './add-option.js';

/** Values as commander gives them: by the flag's name in camelCase. */
export type RawFlags = Readonly<Record<string, unknown>>;

const GROUP = 'Settings:';

/** Adds a flag for every setting that has one, and `--env-file`. */
export function addSettingOptions(command: Command): Command {
  const add = optionAdder(command, GROUP);
  for (const setting of Object.values(SETTINGS)) {
    if (!('flag' in setting)) continue;
    const shown = 'shownFallback' in setting ? setting.shownFallback : setting.fallback;
    add(
      `--${setting.flag} <${setting.placeholder}>`,
      `${setting.description} (default ${shown}; ${setting.variable})`,
      choicesOf(setting.parse),
    );
  }
  add('--env-file <file>', 'settings file (default .env, where there is one)');
  return command;
}

/** The settings in force for a command's flags. @throws as resolveSettings and readEnvFile do */
export async function settingsFrom(flags: RawFlags, host: Host): Promise<Settings> {
  const given: Partial<Record<SettingName, string>> = {};
  for (const name of SETTING_NAMES) {
    const value = flags[name];
    if (typeof value === 'string') given[name] = value;
  }
  return resolveSettings(given, host.env, await envFileOf(flags, host));
}

type EnvFile = ReturnType<typeof readEnvFile>;
const envFiles = new WeakMap<Host, EnvFile>();

/** The settings file of a run, read once: it may be a pipe. @throws as readEnvFile does */
export function envFileOf({ envFile }: RawFlags, host: Host): EnvFile {
  const known = envFiles.get(host) ?? readEnvFile(typeof envFile === 'string' ? envFile : undefined);
  envFiles.set(host, known);
  return known;
}

const SETTING_NAMES: readonly SettingName[] = [
  'source',
  'period',
  'timezone',
  'rules',
  'retries',
  'connectTimeout',
  'readTimeout',
  'deadline',
  'concurrency',
];
