import type { Command } from 'commander';
import { type EnvFile, readEnvFile } from '../../config/env-file.js';
import { withoutServiceLinks } from '../../config/environment.js';
import { type Declarations, flagOf, type SettingSources } from '../../config/setting.js';
import { resolveSettings, SETTINGS, type Settings } from '../../config/settings.js';
import { choicesOf } from '../../config/value.js';
import type { Host } from '../host.js';
import { optionAdder } from './add-option.js';

/** Values as commander gives them: by the flag's name in camelCase. */
export type RawFlags = Readonly<Record<string, unknown>>;

const GROUP = 'Settings:';

/** Adds a flag for every setting that has one, and `--env-file`. */
export function addSettingOptions(command: Command): Command {
  addDeclared(command, GROUP, SETTINGS);
  optionAdder(command, GROUP)('--env-file <file>', 'settings file (default .env, where there is one)');
  return command;
}

/** Adds the flags of settings. */
export function addDeclared(command: Command, group: string, declared: Declarations): void {
  const add = optionAdder(command, group);
  for (const [name, { placeholder, description, variable, parse, ...setting }] of Object.entries(declared)) {
    if (setting.secret) continue;
    const shown = setting.default ?? setting.unset;
    const others = setting.commonVariable === undefined ? [] : [setting.commonVariable];
    add(
      `${flagOf(name)} <${placeholder}>`,
      `${description} (default ${shown}; ${[variable, ...others].join(', ')})`,
      choicesOf(parse),
    );
  }
}

/** The settings in force for a command's flags. @throws as resolveSettings and readEnvFile do */
export async function settingsFrom(flags: RawFlags, host: Host): Promise<Settings> {
  return resolveSettings(await settingSources(flags, host));
}

const envFiles = new WeakMap<Host, Promise<EnvFile>>();

/** Where the settings of a command are looked for. The file is read once a run: it may be a pipe. @throws as readEnvFile does */
export async function settingSources(flags: RawFlags, host: Host): Promise<SettingSources> {
  const path = typeof flags.envFile === 'string' ? flags.envFile : undefined;
  const envFile = envFiles.get(host) ?? readEnvFile(path);
  envFiles.set(host, envFile);
  return { flags, environment: withoutServiceLinks(host.env), envFile: await envFile };
}
