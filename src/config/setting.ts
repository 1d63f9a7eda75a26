import { CommandLineError, SettingError } from '../errors.js';
import { PREFIX, type Variables } from './environment.js';
import { InvalidValue, type Parse } from './value.js';

/**
 * A setting, declared once: its type, flag, help, completion, line of `config`, entry of the man page and row of the
 * docs derive from it. `readTimeout` is `--read-timeout` and `O_COPILOT_READ_TIMEOUT`.
 */
export interface Setting<Value> {
  /** What the value is called in `--help`. */
  readonly placeholder: string;
  readonly description: string;
  readonly parse: Parse<Value>;
  /** The value where nothing is set, as a user would write it; without it that is undefined. */
  readonly default?: string;
  /** What is shown where nothing is set and there is no default. */
  readonly unset?: string;
  /** The value names a file, which the run reads or writes, or may name files that data comes from. */
  readonly file?: 'read' | 'write' | 'source';
  /** Other values give other bytes, so a receipt retains it. */
  readonly shapes?: true;
  /** Its variable has no `O_COPILOT_` before its name, or need not: some names are those of hosting platforms. */
  readonly unprefixed?: 'only' | 'too';
  /** Has no flag, since other users see a process's flags, and is never shown. */
  readonly secret?: true;
}

/** Declares a setting: what its value is called, what it is for, how it is read, and the rest. */
export const setting = <Read extends Parse<unknown>, const Rest extends object>(
  placeholder: string,
  description: string,
  parse: Read,
  rest: Rest,
) => ({ placeholder, description, parse, ...rest });

export type Declarations = Readonly<Record<string, Setting<unknown>>>;

export type ValuesOf<Declared extends Declarations> = {
  readonly [Name in keyof Declared]:
    | ReturnType<Declared[Name]['parse']>
    | (Declared[Name] extends { readonly default: string } ? never : undefined);
};

/** Where settings are looked up, the first first: flags, environment, settings file, default. */
export interface SettingSources extends Variables {
  /** Texts by the setting's name. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What errors call a flag: `--read-timeout` unless said. */
  readonly flagName?: (name: string) => string;
}

/**
 * Resolves one setting. An empty variable counts as not set, since CI systems pass unset inputs that way.
 *
 * @returns the value, where it was set (`--retries`, `O_COPILOT_RETRIES`, `.env line 3 (…)`, `default`), and as what
 * @throws CommandLineError for a flag, SettingError for a variable with a wrong value
 */
export function resolveSetting(name: string, setting: Setting<unknown>, sources: SettingSources) {
  const found = find(name, setting, sources);
  if (found === undefined) {
    const value = setting.default === undefined ? undefined : setting.parse(setting.default);
    return { value, origin: 'default', given: undefined };
  }
  const { text, origin, fromFlag } = found;
  try {
    return { value: setting.parse(text), origin, given: text.trim() };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const problem = setting.secret ? `expected ${error.expected}` : error.message;
    throw fromFlag ? new CommandLineError(`${origin}: ${problem}`) : new SettingError(origin, problem);
  }
}

export function resolveAll<Declared extends Declarations>(
  declared: Declared,
  sources: SettingSources,
): { readonly values: ValuesOf<Declared>; readonly origins: Readonly<Record<keyof Declared, string>> };
export function resolveAll(declared: Declarations, sources: SettingSources) {
  const values: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, setting] of Object.entries(declared)) {
    const { value, origin } = resolveSetting(name, setting, sources);
    values[name] = value;
    origins[name] = origin;
  }
  return { values, origins };
}

function find(
  name: string,
  setting: Setting<unknown>,
  { flags, environment, envFile, flagName = flagOf }: SettingSources,
) {
  const flag = flags[name];
  if (typeof flag === 'string' && !setting.secret)
    return { text: flag, origin: flagName(name), fromFlag: true };
  for (const each of variablesOf(name, setting)) {
    const text = environment[each];
    if (text !== undefined && text.trim() !== '') return { text, origin: each, fromFlag: false };
    const inFile = envFile.get(each);
    if (inFile !== undefined && inFile.value.trim() !== '') {
      return { text: inFile.value, origin: inFile.origin, fromFlag: false };
    }
  }
  return undefined;
}

export function flagOf(name: string): string {
  return `--${kebabCase(name)}`;
}

export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `O_COPILOT_READ_TIMEOUT` of `readTimeout`, and what is read where that is not set. */
export function variablesOf(name: string, { unprefixed }: Setting<unknown>): [string, ...string[]] {
  const plain = kebabCase(name).toUpperCase().replaceAll('-', '_');
  if (unprefixed === 'only') return [plain];
  return unprefixed === 'too' ? [`${PREFIX}${plain}`, plain] : [`${PREFIX}${plain}`];
}
