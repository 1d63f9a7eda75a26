import { Command } from '@commander-js/extra-typings';
import { readEnvFile, type Variables, withoutServiceLinks } from '../../config/environment.js';
import { SERVICE_SETTINGS, type ServiceSettings } from '../../config/service-settings.js';
import {
  type Declarations,
  flagOf,
  resolveAll,
  type SettingSources,
  variablesOf,
} from '../../config/setting.js';
import { resolveSettings, SETTINGS, type Settings } from '../../config/settings.js';
import { choicesOf } from '../../config/value.js';
import type { Host } from '../process/host.js';
import { type OptionsOf, option, optionGroup } from './declare.js';

/** The flags of settings, as texts: whichever of flag, environment and file is used is parsed in one place. */
type FlagsOf<Declared extends Declarations> = {
  [Name in keyof Declared as Declared[Name] extends { readonly secret: true } ? never : Name]?: string;
};

function flagsOf(settings: Declarations, group: string) {
  return Object.entries(settings).flatMap(([name, setting]) => {
    if (setting.secret) return [];
    const { placeholder, description, file, shapes } = setting;
    const choices = choicesOf(setting.parse);
    return option(
      `${flagOf(name)} <${placeholder}>`,
      `${description} (default ${setting.default ?? setting.unset}; ${variablesOf(name, setting).join(', ')})`,
      {
        group,
        ...(choices !== undefined && { choices }),
        ...(file !== undefined && { file }),
        ...(shapes === true && { shapes: 'resolved' as const }),
      },
    );
  });
}

const envFile = () =>
  new Command().addOption(
    option('--env-file <file>', 'settings file (default .env, where there is one)', {
      group: 'Settings:',
      file: 'read',
    }),
  );
type EnvFileOptions = OptionsOf<typeof envFile>;

export type SettingOptions = FlagsOf<typeof SETTINGS> & EnvFileOptions;
/** Every setting that has a flag, and `--env-file`. */
export const withSettings = optionGroup<SettingOptions>(() => [
  ...flagsOf(SETTINGS, 'Settings:'),
  ...envFile().options,
]);

const SERVICE = 'Service:';
const serve = () =>
  new Command()
    .addOption(
      option('--insecure', 'listen beyond this machine without asking who is there', { group: SERVICE }),
    )
    .addOption(option('--open-metrics', 'show /metrics to everybody', { group: SERVICE }))
    .addOption(
      option('--healthcheck', 'ask the service of --address-file whether it is alive, and end', {
        group: SERVICE,
      }),
    )
    .addOption(
      option('--hash-token <name>', 'read a token from stdin, print its line for --tokens, and end', {
        group: SERVICE,
      }),
    );

export type ServiceOptions = FlagsOf<typeof SERVICE_SETTINGS> & OptionsOf<typeof serve> & EnvFileOptions;
/** The settings of the service, and what only a flag says. */
export const withService = optionGroup<ServiceOptions>(() => [
  ...flagsOf(SERVICE_SETTINGS, SERVICE),
  ...serve().options,
]);

/** What the service is to do, each value checked on its own. Times are milliseconds, sizes bytes. */
export interface ServiceChoice extends ServiceSettings {
  readonly trustProxy: readonly string[];
  readonly corsOrigin: readonly string[];
  readonly insecure: boolean;
  readonly openMetrics: boolean;
}

/** @throws CommandLineError, SettingError, and what reading the `.env` file throws */
export async function serviceChoice(options: ServiceOptions, host: Host): Promise<ServiceChoice> {
  const { values } = resolveAll(SERVICE_SETTINGS, await settingSources(options, host));
  return {
    ...values,
    trustProxy: values.trustProxy ?? [],
    corsOrigin: values.corsOrigin ?? [],
    insecure: options.insecure === true,
    openMetrics: options.openMetrics === true,
  };
}

/** The settings in force for a command's options. @throws as resolveSettings and readEnvFile do */
export async function settingsOf(options: SettingOptions, host: Host): Promise<Settings> {
  return resolveSettings(await settingSources(options, host));
}

const envFiles = new WeakMap<Host, Promise<Variables['envFile']>>();

/** Where the settings of a command are looked up. The file is read once a run: it may be a pipe. @throws as readEnvFile does */
export async function settingSources(options: EnvFileOptions, host: Host): Promise<SettingSources> {
  const file = envFiles.get(host) ?? readEnvFile(options.envFile);
  envFiles.set(host, file);
  return { flags: { ...options }, environment: withoutServiceLinks(host.env), envFile: await file };
}
