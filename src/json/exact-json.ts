import { isLosslessNumber, parse } from 'lossless-json';
import { DataError, type OCopilotError } from '../errors.js';

/**
 * Parses JSON keeping the digits of every number as they are written (`LosslessNumber`), since a double
 * cannot carry each id and each cost. A duplicate key is refused: which of two prices
 * a parser takes must not depend on the parser.
 *
 * @throws SyntaxError
 */
function parseExactJson(characters: string): unknown {
  return parse(characters, undefined, {
    onDuplicateKey: ({ key }) => {
      throw new SyntaxError(duplicate(key));
    },
  });
}

/** Makes the error for a document that is wrong; `path` is that of the value, undefined for the whole. */
export type Refuse = (name: string, problem: string, path?: string) => OCopilotError;

export const refuseData: Refuse = (name, problem, path) => new DataError(name, problem, path);

/**
 * The same, for data that an error names.
 *
 * @param where what the error calls it
 * @throws DataError, or what `refuse` makes
 */
export function parseExactJsonAt(characters: string, where: string, refuse = refuseData): unknown {
  return parseNaming(where, () => parseExactJson(characters), refuse);
}

function parseNaming(where: string, parseValue: () => unknown, refuse = refuseData): unknown {
  try {
    return parseValue();
  } catch (error) {
    // Nesting without end exhausts the stack of the parser.
    if (error instanceof RangeError) throw refuse(where, 'is not valid JSON: nests too deep');
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(where, `is not valid JSON: ${error.message}`);
  }
}

/**
 * The members of a JSON object of which only `keys` are read. One of those twice is refused, even with the same value;
 * any other key may be repeated, at any depth, since nothing depends on it.
 *
 * @param where what an error calls the object
 * @returns undefined for a value that is no object
 * @throws DataError
 */
export function parseMembers(
  characters: string,
  where: string,
  keys: readonly string[],
): Map<string, unknown> | undefined {
  const value = parseNaming(where, () =>
    parse(characters, undefined, { onDuplicateKey: ({ newValue }) => newValue }),
  );
  const members = membersOf(value);
  if (members === undefined) return undefined;
  const seen = new Set<string>();
  for (const key of keysOf(characters)) {
    if (seen.has(key) && keys.includes(key))
      throw new DataError(where, `is not valid JSON: ${duplicate(key)}`);
    seen.add(key);
  }
  return members;
}

/** The keys of a JSON object that is known to be valid, in their order; not those of objects within it. */
function* keysOf(json: string): Generator<string> {
  const { length } = json;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x7b /* { */ || code === 0x5b /* [ */) depth++;
    else if (code === 0x7d /* } */ || code === 0x5d /* ] */) depth--;
    else if (code === 0x22 /* " */) {
      const start = at;
      for (at++; json.charCodeAt(at) !== 0x22; at++) if (json.charCodeAt(at) === 0x5c /* \ */) at++;
      // A value is followed by a comma or the end of the object.
      if (depth === 1 && isColonNext(json, at + 1)) yield String(JSON.parse(json.slice(start, at + 1)));
    }
  }
}

function isColonNext(json: string, from: number): boolean {
  let at = from;
  while (json.charCodeAt(at) <= 0x20) at++;
  return json.charCodeAt(at) === 0x3a;
}

function duplicate(key: string): string {
  return `key ${JSON.stringify(key)} occurs twice`;
}

/** The digits of an exact number as they were written; undefined for any other value. */
export function numberText(value: unknown): string | undefined {
  return isLosslessNumber(value) ? value.value : undefined;
}

/** The integer that `value` is, exactly; undefined for anything else, also for `1.0` and `1e3`. */
export function exactInteger(value: unknown): number | bigint | undefined {
  const text = numberText(value);
  if (text === undefined || !/^-?\d{1,40}$/.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return BigInt(text);
}

/** The own members of a JSON object; undefined for any other value. */
export function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) {
    return undefined;
  }
  return new Map(Object.entries(value));
}

/** What a person would call a JSON value: `null`, `a string`, `12.5`. Never its whole text. */
function describe(value: unknown): string {
  const text = numberText(value);
  if (text !== undefined) return text.length > 40 ? `a number of ${text.length} characters` : text;
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  return Array.isArray(value) ? 'an array' : 'an object';
}

/** The words for a member that is missing or not `what` it should be. */
export function expected(what: string, value: unknown): string {
  return value === undefined ? 'is missing' : `expected ${what}, got ${describe(value)}`;
}
