import type { Ruleset } from '../engine/ruleset.js';
import { SettingError } from '../errors.js';
import type { SetVariable } from './env-file.js';
import { OTHER_VARIABLES, SETTINGS, type Setting, type SettingName } from './settings.js';
import { settle as settleSetting } from './settle.js';

/** Every setting in force. Durations are in milliseconds. */
export interface Settings {
  readonly source: string;
  readonly token: string | undefined;
  readonly period: string;
  readonly timezone: string;
  readonly rules: Ruleset;
  readonly retries: number;
  readonly connectTimeout: number;
  readonly readTimeout: number;
  readonly deadline: number;
  readonly concurrency: number;
  /** Where each setting came from: `--retries`, `O_COPILOT_RETRIES`, `.env line 3 (…)`, `default`. */
  readonly origins: Readonly<Record<SettingName, string>>;
}

const PREFIX = 'O_COPILOT_';

/**
 * Settles each setting.
 *
 * @param flags values by setting name, as given on the command line
 * @throws CommandLineError for a flag, SettingError for a variable with a wrong value or an unknown O_COPILOT_ name
 */
export function resolveSettings(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  environment: Readonly<Record<string, string | undefined>>,
  envFile: ReadonlyMap<string, SetVariable>,
): Settings {
  refuseUnknown(environment, envFile);
  const origins = { ...NOTHING_SET };

  function settle<Value, Fallback>(name: SettingName, setting: Setting<Value, Fallback>): Value | Fallback {
    const { value, origin } = settleSetting(name, setting, { flags, environment, envFile });
    origins[name] = origin;
    return value;
  }

  return {
    source: settle('source', SETTINGS.source),
    token: settle('token', SETTINGS.token),
    period: settle('period', SETTINGS.period),
    timezone: settle('timezone', SETTINGS.timezone),
    rules: settle('rules', SETTINGS.rules),
    retries: settle('retries', SETTINGS.retries),
    connectTimeout: settle('connectTimeout', SETTINGS.connectTimeout),
    readTimeout: settle('readTimeout', SETTINGS.readTimeout),
    deadline: settle('deadline', SETTINGS.deadline),
    concurrency: settle('concurrency', SETTINGS.concurrency),
    origins,
  };
}

const NOTHING_SET: Readonly<Record<SettingName, string>> = {
  source: 'default',
  token: 'default',
  period: 'default',
  timezone: 'default',
  rules: 'default',
  retries: 'default',
  connectTimeout: 'default',
  readTimeout: 'default',
  deadline: 'default',
  concurrency: 'default',
};

/** A misspelt name would be a setting that silently does nothing. */
function refuseUnknown(
  environment: Readonly<Record<string, string | undefined>>,
  envFile: ReadonlyMap<string, SetVariable>,
): void {
  const known = [...Object.values(SETTINGS).map(({ variable }) => variable), ...OTHER_VARIABLES];
  const origins = new Map(Object.keys(environment).map((name) => [name, name]));
  for (const [name, { origin }] of envFile) origins.set(name, origin);
  for (const [name, origin] of origins) {
    if (name.startsWith(PREFIX) && !known.includes(name)) {
      throw new SettingError(origin, `no such setting; the settings are ${known.join(', ')}`);
    }
  }
}
