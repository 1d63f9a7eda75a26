import { readFile } from 'node:fs/promises';
import { parse } from 'dotenv';
import { SettingError, UnreadableError } from '../errors.js';
import { reasonOf } from '../os-error.js';

/** A variable and where it was set, for errors and for `config`. */
export interface SetVariable {
  readonly value: string;
  /** `O_COPILOT_RETRIES` for the environment, `.env line 3 (O_COPILOT_RETRIES)` for a file. */
  readonly origin: string;
}

/**
 * Reads a `.env` file. Without `path` it is `.env` of the working folder, which need not be there.
 *
 * @throws UnreadableError when `path` was given and cannot be read
 * @throws SettingError when the working folder's own `.env` is there and cannot be read
 */
export async function readEnvFile(path: string | undefined): Promise<Map<string, SetVariable>> {
  const file = path ?? '.env';
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (path !== undefined) throw new UnreadableError(path, reasonOf(error));
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return new Map();
    }
    throw new SettingError(file, `cannot be read: ${reasonOf(error)}`);
  }
  const lines = content.split(/\r\n|\n|\r/);
  const variables = new Map<string, SetVariable>();
  for (const [name, value] of Object.entries(parse(content))) {
    const line = lines.findLastIndex((each) => each.replace(/^\s*(export\s+)?/, '').startsWith(name)) + 1;
    variables.set(name, { value, origin: `${file} line ${line} (${name})` });
  }
  return variables;
}
