import { readFile } from 'node:fs/promises';
import { SettingError, UnreadableError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import type { SettingSources } from './setting.js';

/** A variable and where it was set, for errors and for `config`. */
export interface SetVariable {
  readonly value: string;
  /** `O_COPILOT_RETRIES` for the environment, `.env line 3 (O_COPILOT_RETRIES)` for a file. */
  readonly origin: string;
}

/** The variables of a settings file by name. */
export type EnvFile = ReadonlyMap<string, SetVariable>;

/**
 * Reads a `.env` file. Without `path` it is `.env` of the working folder, which need not be there.
 *
 * @throws UnreadableError when `path` was given and cannot be read
 * @throws SettingError when the working folder's own `.env` is there and cannot be read, and as parseEnvFile does
 */
export async function readEnvFile(path: string | undefined): Promise<EnvFile> {
  const file = path ?? '.env';
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (path !== undefined) throw new UnreadableError(path, reasonOf(error));
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return new Map();
    }
    throw new SettingError(file, `cannot be read: ${reasonOf(error)}`);
  }
  return parseEnvFile(bytes, file);
}

/**
 * Parses a settings file strictly (docs/settings.md). docker, systemd and the package dotenv disagree about
 * comments after values, backslashes and backticks, and each drops part of a value without a word: in our own
 * variables such a value is an error. Errors never show a value, which may be a secret.
 *
 * @throws SettingError with the line number
 */
export function parseEnvFile(bytes: Uint8Array, file: string): EnvFile {
  const variables = new Map<string, SetVariable>();
  const lines = decode(bytes, file).split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^[ \t]*(#|$)/.test(line)) continue;
    const [, name, start] = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(.*)$/s.exec(line) ?? [];
    const place = `${file} line ${index + 1}`;
    if (name === undefined || start === undefined) {
      throw new SettingError(place, 'neither NAME=value, a comment nor empty');
    }
    const origin = `${place} (${name})`;
    const quote = /^["']/.exec(start)?.[0];
    let text = start;
    if (quote !== undefined) {
      // A quoted value goes on over the next lines.
      while (!text.includes(quote, 1)) {
        index++;
        if (index >= lines.length) throw new SettingError(origin, `the quote ${quote} is not closed`);
        text += `\n${lines[index]}`;
      }
    }
    const { value, problem } = quote === undefined ? unquoted(text) : quoted(text, quote);
    if (problem !== undefined && isOurs(name)) throw new SettingError(origin, problem);
    variables.set(name, { value, origin });
  }
  return variables;
}

/** Names of other programs may share the file, with the values that these programs understand. */
function isOurs(name: string): boolean {
  return name.startsWith('O_COPILOT_') || name === 'LOG_LEVEL' || name === 'LOG_FORMAT';
}

interface Value {
  readonly value: string;
  /** Why programs read different values here. */
  readonly problem?: string;
}

function unquoted(text: string): Value {
  const value = text.replace(/[ \t]+$/, '');
  if (/^#|[ \t]#/.test(value)) {
    return { value, problem: `a # after a blank may begin a comment: ${QUOTE_IT}, or comment above it` };
  }
  if (value.startsWith('`')) return { value, problem: `a backtick may be a quote: ${QUOTE_IT}` };
  if (value.endsWith('\\')) return { value, problem: `a backslash at the end of a line: ${QUOTE_IT}` };
  return { value };
}

function quoted(text: string, quote: string): Value {
  const end = text.indexOf(quote, 1);
  const value = text.slice(1, end);
  if (quote === '"' && value.includes('\\')) {
    return { value, problem: `a backslash between double quotes: ${QUOTE_IT}` };
  }
  if (!/^[ \t]*([ \t]#.*)?$/s.test(text.slice(end + 1))) {
    return { value, problem: 'text after the closing quote' };
  }
  return { value };
}

const QUOTE_IT = "write the value between single quotes ('…')";

/** @throws SettingError for any encoding but UTF-8 */
function decode(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new SettingError(file, 'is UTF-16; save it as UTF-8');
  }
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (bytes.subarray(start, end).includes(0)) {
      throw new SettingError(`${file} line ${line}`, 'holds a NUL byte; save the file as UTF-8');
    }
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      throw new SettingError(`${file} line ${line}`, 'is not valid UTF-8');
    }
    start = end;
  }
  // Without a byte order mark at its beginning.
  return new TextDecoder().decode(bytes);
}

type Environment = SettingSources['environment'];

const PREFIX = 'O_COPILOT_';

/** A misspelt name would be a setting that silently does nothing. @throws SettingError */
export function refuseUnknown(
  { environment, envFile }: Pick<SettingSources, 'environment' | 'envFile'>,
  known: readonly string[],
): void {
  const origins = new Map(Object.keys(environment).map((name) => [name, name]));
  for (const [name, { origin }] of envFile) origins.set(name, origin);
  for (const [name, origin] of origins) {
    if (name.startsWith(PREFIX) && !known.includes(name)) {
      throw new SettingError(origin, `no such setting; the settings are ${known.join(', ')}`);
    }
  }
}

/**
 * Kubernetes sets variables for the Services of its namespace in every container: for one called `o-copilot`, or `o-copilot-…`,
 * by names that look like our settings.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const LINKS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^O_COPILOT_(\w+_)?SERVICE_HOST$/, /^[\da-f.:]+$/i],
  [/^O_COPILOT_(\w+_)?SERVICE_PORT(_\w+)?$/, /^\d+$/],
  [/^O_COPILOT_(\w+_)?PORT(_\d+_(TCP|UDP|SCTP))?$/, /^(tcp|udp|sctp):\/\//],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_PROTO$/, /^(tcp|udp|sctp)$/],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_PORT$/, /^\d+$/],
  [/^O_COPILOT_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_ADDR$/, /^[\da-f.:]+$/i],
];

/** The environment without the variables that Kubernetes sets. A setting such as `O_COPILOT_PORT=8080` stays. */
export function withoutServiceLinks(environment: Environment): Environment {
  const isLink = (name: string, value: string) =>
    LINKS.some(([names, values]) => names.test(name) && values.test(value));
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value = '']) => !(name.startsWith(PREFIX) && isLink(name, value)),
    ),
  );
}
