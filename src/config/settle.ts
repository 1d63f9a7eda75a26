import { CommandLineError, SettingError } from '../errors.js';
import type { SetVariable } from './env-file.js';
import type { Setting } from './settings.js';
import { InvalidValue } from './value.js';

/** Where settings are looked for, the first first. */
export interface SettingPlaces {
  /** Values by the flag's name in camelCase. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: ReadonlyMap<string, SetVariable>;
}

export interface Settled<Value> {
  readonly value: Value;
  /** `--retries`, `O_COPILOT_RETRIES`, `.env line 3 (…)`, `default`. */
  readonly origin: string;
  /** The value as it was written; undefined where the default holds. */
  readonly given: string | undefined;
}

/**
 * One setting: flag, then environment, then `.env`, then default (cli.md, "Settings"). An empty variable counts
 * as not set, since CI systems pass unset inputs that way.
 *
 * @param name of the flag in camelCase
 * @throws CommandLineError for a flag, SettingError for a variable with a wrong value
 */
export function settle<Value, Fallback>(
  name: string,
  setting: Setting<Value, Fallback>,
  places: SettingPlaces,
): Settled<Value | Fallback> {
  const given = find(name, setting, places);
  if (given === undefined) return { value: setting.fallback, origin: 'default', given: undefined };
  try {
    return { value: setting.parse(given.value), origin: given.origin, given: given.value.trim() };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const problem = setting.secret ? `expected ${error.expected}` : error.message;
    throw given.flag
      ? new CommandLineError(`${given.origin}: ${problem}`)
      : new SettingError(given.origin, problem);
  }
}

function find(
  name: string,
  { flag, variable }: Setting<unknown, unknown>,
  { flags, environment, envFile }: SettingPlaces,
) {
  const flagged = flags[name];
  if (typeof flagged === 'string') return { value: flagged, origin: `--${flag}`, flag: true };
  const set = environment[variable];
  if (set !== undefined && set.trim() !== '') return { value: set, origin: variable, flag: false };
  const filed = envFile.get(variable);
  return filed === undefined || filed.value.trim() === '' ? undefined : { ...filed, flag: false };
}
