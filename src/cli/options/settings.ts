import { openTimeZone, type TimeZone } from '../../calendar/time-zone.js';
import { readEnvFile, type Variables, withoutServiceLinks } from '../../config/environment.js';
import { SERVICE_SETTINGS } from '../../config/service-settings.js';
import {
  type Declarations,
  flagOf,
  resolveAll,
  type SettingSources,
  variablesOf,
} from '../../config/setting.js';
import { resolveSettings, SETTINGS, type Settings } from '../../config/settings.js';
import { choicesOf } from '../../config/value.js';
import type { Ruleset } from '../../engine/index.js';
import { CommandLineError } from '../../errors.js';
import type { CreditPrices } from '../../rates/money.js';
import { creditPricesOf, type RateCard } from '../../rates/rate-card.js';
import type { Context, Host } from '../process/host.js';
import { type Declares, option, type ValuesOf } from './declare.js';

/** The flags of settings, as texts: whichever of flag, environment and file is used is parsed in one place. */
type FlagsOf<Declared extends Declarations> = {
  readonly [Name in keyof Declared as Declared[Name] extends { readonly secret: true } ? never : Name]?:
    | string
    | undefined;
};

function flagsOf<Declared extends Declarations>(
  settings: Declared,
  group: string,
): Declares<FlagsOf<Declared>>[] {
  return Object.entries(settings).flatMap(([name, setting]) => {
    const { placeholder, description, file, shapes } = setting;
    if (setting.secret) return [];
    return option<string, string>(
      `${flagOf(name)} <${placeholder}>`,
      `${description} (default ${setting.default ?? setting.unset}; ${variablesOf(name, setting).join(', ')})`,
      { group, choices: choicesOf(setting.parse), file, shapes: shapes && 'resolved' },
    );
  });
}

const SETTINGS_GROUP = 'Settings:';

/** Every setting that has a flag, and `--env-file`. */
export const settingOptions = () => [
  ...flagsOf(SETTINGS, SETTINGS_GROUP),
  option('--env-file <file>', 'settings file (default .env, where there is one)', {
    group: SETTINGS_GROUP,
    file: 'read',
  }),
];
export type SettingOptions = ValuesOf<typeof settingOptions>;

/** A file of rates in place of the published ones. */
export const ratesOption = () =>
  option(
    '--rates <file>',
    'price texts by the rates in this file, each message by those in force at its time',
    { group: SETTINGS_GROUP, file: 'read' },
  );
export interface RatesOptions {
  readonly rates?: string | undefined;
}

/** @throws CommandLineError; UnreadableError; SettingError for a file that is no rate card; the signal's reason */
export async function openRates(
  { rates: file }: RatesOptions,
  rules: Ruleset,
  signal: AbortSignal,
): Promise<RateCard | undefined> {
  if (file === undefined) return undefined;
  if (rules !== 'published') {
    throw new CommandLineError(`--rates: is for the rules published, not ${rules}`);
  }
  const { rateCardIn } = await import('../../rates/read-rate-card.js');
  const { readWholeFile } = await import('../../source/file.js');
  return rateCardIn(file, await readWholeFile(file, signal));
}

/** What a bill is computed by. */
export interface Basis {
  readonly settings: Settings;
  readonly zone: TimeZone;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** What a credit costs; undefined where it has no price. */
  readonly prices: CreditPrices | undefined;
}

export async function openBasis(
  options: SettingOptions & RatesOptions,
  { host, signal }: Context,
): Promise<Basis> {
  const settings = resolveSettings(await settingSources({ ...options }, host));
  const card = await openRates(options, settings.rules, signal);
  return { settings, zone: openTimeZone(settings.timezone), card, prices: creditPricesOf(settings, card) };
}

const envFiles = new WeakMap<Host, Promise<Variables['envFile']>>();

/** Where the settings of a command are looked up. The file is read once a run: it may be a pipe. */
export async function settingSources(flags: SettingSources['flags'], host: Host): Promise<SettingSources> {
  const { envFile } = flags;
  const file = envFiles.get(host) ?? readEnvFile(typeof envFile === 'string' ? envFile : undefined);
  envFiles.set(host, file);
  return { flags, environment: withoutServiceLinks(host.env), envFile: await file };
}

const SERVICE = { group: 'Service:' };

/** The settings of the service, and what only a flag says of it. */
export const serviceOptions = () => [
  ...flagsOf(SERVICE_SETTINGS, SERVICE.group),
  option('--insecure', 'listen beyond this machine without asking who is there', SERVICE),
  option('--open-metrics', 'show /metrics to everybody', SERVICE),
  option('--healthcheck', 'ask the service of --address-file whether it is alive, and end', SERVICE),
  option('--hash-token <name>', 'read a token from stdin, print its line for --tokens, and end', SERVICE),
];
export type ServiceOptions = ValuesOf<typeof serviceOptions> & Pick<SettingOptions, 'envFile'>;

/** What the service is to do, each value checked on its own. Times are milliseconds, sizes bytes. */
export type ServiceChoice = Awaited<ReturnType<typeof serviceChoice>>;

export async function serviceChoice(options: ServiceOptions, host: Host) {
  const { values } = resolveAll(SERVICE_SETTINGS, await settingSources({ ...options }, host));
  return {
    ...values,
    trustProxy: values.trustProxy ?? [],
    corsOrigin: values.corsOrigin ?? [],
    insecure: options.insecure === true,
    openMetrics: options.openMetrics === true,
  };
}
