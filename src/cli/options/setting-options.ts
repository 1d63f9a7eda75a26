import type { Command } from 'commander';
import { type EnvFile, readEnvFile } from '../../config/env-file.js';
import { withoutServiceLinks } from '../../config/kubernetes.js';
import { resolveSettings, type Settings } from '../../config/resolve.js';
import { SETTINGS, type SettingName } from '../../config/settings.js';
import type { SettingPlaces } from '../../config/settle.js';
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
  const { environment, envFile } = await settingPlaces(flags, host);
  return resolveSettings(given, environment, envFile);
}

const envFiles = new WeakMap<Host, Promise<EnvFile>>();

/** Where the settings of a command are looked for. The file is read once a run: it may be a pipe. @throws as readEnvFile does */
export async function settingPlaces(flags: RawFlags, host: Host): Promise<SettingPlaces> {
  const path = typeof flags.envFile === 'string' ? flags.envFile : undefined;
  const envFile = envFiles.get(host) ?? readEnvFile(path);
  envFiles.set(host, envFile);
  return { flags, environment: withoutServiceLinks(host.env), envFile: await envFile };
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
