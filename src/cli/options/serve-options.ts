import type { Command } from 'commander';
import { type RateLimit, SERVICE_SECRETS, SERVICE_SETTINGS } from '../../config/service-settings.js';
import { settle } from '../../config/settle.js';
import { choicesOf } from '../../config/value.js';
import type { Host } from '../host.js';
import { optionAdder } from './add-option.js';
import { type RawFlags, settingPlaces } from './setting-options.js';

const GROUP = 'Service:';

/** The flags of `serve` beside those of the settings and the run. */
export function addServeOptions(command: Command): Command {
  const add = optionAdder(command, GROUP);
  for (const { flag, placeholder, description, variable, parse, ...setting } of Object.values(
    SERVICE_SETTINGS,
  )) {
    const shown = 'shownFallback' in setting ? setting.shownFallback : setting.fallback;
    add(`--${flag} <${placeholder}>`, `${description} (default ${shown}; ${variable})`, choicesOf(parse));
  }
  add('--insecure', 'listen beyond this machine without asking who is there');
  add('--open-metrics', 'show /metrics to everybody');
  add('--healthcheck', 'ask the service of --address-file whether it is alive, and end');
  add('--hash-token <name>', 'read a token from stdin, print its line for --tokens, and end');
  return command;
}

/** What `serve` is told, each value checked on its own. Times are milliseconds. */
export interface ServeChoice {
  readonly host: string;
  readonly port: number;
  readonly addressFile: string | undefined;
  readonly messagesTtl: number;
  readonly cacheTtl: number;
  readonly redis: string | undefined;
  readonly cacheSecret: string | undefined;
  /** Bytes. */
  readonly maxMemory: number;
  readonly maxJobs: number;
  readonly rateLimit: RateLimit | undefined;
  readonly grace: number;
  readonly tokens: string | undefined;
  readonly jwtSecretFile: string | undefined;
  readonly jwtSecret: string | undefined;
  readonly jwks: string | undefined;
  readonly jwtIssuer: string | undefined;
  readonly jwtAudience: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsClientCa: string | undefined;
  readonly trustProxy: readonly string[];
  readonly basePath: string;
  readonly corsOrigin: readonly string[];
  readonly logLevel: string;
  readonly logFormat: 'json' | 'pretty';
  readonly insecure: boolean;
  readonly openMetrics: boolean;
}

/** @throws CommandLineError, SettingError, and what reading the `.env` file throws */
export async function serveChoiceFrom(flags: RawFlags, host: Host): Promise<ServeChoice> {
  const places = await settingPlaces(flags, host);
  const {
    host: address,
    port,
    addressFile,
    messagesTtl,
    cacheTtl,
    redis,
    maxMemory,
    maxJobs,
    rateLimit,
    grace,
    ...files
  } = SERVICE_SETTINGS;
  return {
    host: settle('host', address, places).value,
    port: settle('port', port, places).value,
    addressFile: settle('addressFile', addressFile, places).value,
    messagesTtl: settle('messagesTtl', messagesTtl, places).value,
    cacheTtl: settle('cacheTtl', cacheTtl, places).value,
    redis: settle('redis', redis, places).value,
    cacheSecret: settle('cacheSecret', SERVICE_SECRETS.cacheSecret, places).value,
    maxMemory: settle('maxMemory', maxMemory, places).value,
    maxJobs: settle('maxJobs', maxJobs, places).value,
    rateLimit: settle('rateLimit', rateLimit, places).value,
    grace: settle('grace', grace, places).value,
    tokens: settle('tokens', files.tokens, places).value,
    jwtSecretFile: settle('jwtSecretFile', files.jwtSecretFile, places).value,
    jwtSecret: settle('jwtSecret', SERVICE_SECRETS.jwtSecret, places).value,
    jwks: settle('jwks', files.jwks, places).value,
    jwtIssuer: settle('jwtIssuer', files.jwtIssuer, places).value,
    jwtAudience: settle('jwtAudience', files.jwtAudience, places).value,
    tlsCert: settle('tlsCert', files.tlsCert, places).value,
    tlsKey: settle('tlsKey', files.tlsKey, places).value,
    tlsClientCa: settle('tlsClientCa', files.tlsClientCa, places).value,
    trustProxy: settle('trustProxy', files.trustProxy, places).value,
    basePath: settle('basePath', files.basePath, places).value,
    corsOrigin: settle('corsOrigin', files.corsOrigin, places).value,
    logLevel: settle('logLevel', files.logLevel, places).value,
    logFormat: settle('logFormat', files.logFormat, places).value,
    insecure: flags.insecure === true,
    openMetrics: flags.openMetrics === true,
  };
}
