import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { SettingError, UnreadableError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';

interface SetVariable {
  readonly value: string;
  /** `O_COPILOT_RETRIES` for the environment, `.env line 3 (O_COPILOT_RETRIES)` for a file. */
  readonly origin: string;
}

export interface Variables {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the settings file. */
  readonly envFile: ReadonlyMap<string, SetVariable>;
}

/** Of the variables that are settings of this program. */
export const PREFIX = 'O_COPILOT_';

/**
 * Reads a `.env` file. Without `path` it is `.env` of the working folder, which need not be there.
 *
 * @throws UnreadableError when `path` was given and cannot be read
 * @throws SettingError when the working folder's own `.env` is there and cannot be read, and as parseEnvFile does
 */
export async function readEnvFile(path: string | undefined): Promise<Variables['envFile']> {
  const file = path ?? '.env';
  const bytes = await readFile(file).catch((error: unknown) => {
    if (path !== undefined) throw new UnreadableError(path, reasonOf(error));
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return Buffer.alloc(0);
    throw new SettingError(file, `cannot be read: ${reasonOf(error)}`);
  });
  return parseEnvFile(bytes, file);
}

/**
 * Parses a settings file strictly (docs/settings.md). docker, systemd and the package dotenv disagree about
 * comments after values, backslashes and backticks, and each drops part of a value without a word: in our own
 * variables such a value is an error. Errors never show a value, which may be a secret.
 *
 * @throws SettingError with the line number
 */
export function parseEnvFile(bytes: Uint8Array, file: string): Variables['envFile'] {
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
  return name.startsWith(PREFIX) || name === 'LOG_LEVEL' || name === 'LOG_FORMAT';
}

/** An unquoted value, and why programs read different values here. */
function unquoted(text: string): { value: string; problem?: string } {
  const value = text.replace(/[ \t]+$/, '');
  if (/^#|[ \t]#/.test(value)) {
    return { value, problem: `a # after a blank may begin a comment: ${QUOTE_IT}, or comment above it` };
  }
  if (value.startsWith('`')) return { value, problem: `a backtick may be a quote: ${QUOTE_IT}` };
  if (value.endsWith('\\')) return { value, problem: `a backslash at the end of a line: ${QUOTE_IT}` };
  return { value };
}

function quoted(text: string, quote: string): ReturnType<typeof unquoted> {
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
  for (const [index, line] of Buffer.from(bytes).toString('latin1').split('\n').entries()) {
    const where = `${file} line ${index + 1}`;
    if (line.includes('\0')) throw new SettingError(where, 'holds a NUL byte; save the file as UTF-8');
    if (!isUtf8(Buffer.from(line, 'latin1'))) throw new SettingError(where, 'is not valid UTF-8');
  }
  // Without a byte order mark at its beginning.
  return new TextDecoder().decode(bytes);
}

/** A misspelt name would be a setting that silently does nothing. @throws SettingError */
export function refuseUnknown({ environment, envFile }: Variables, known: readonly string[]): void {
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
export function withoutServiceLinks(environment: Variables['environment']): Variables['environment'] {
  const isLink = (name: string, value: string) =>
    LINKS.some(([names, values]) => names.test(name) && values.test(value));
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value = '']) => !(name.startsWith(PREFIX) && isLink(name, value)),
    ),
  );
}
