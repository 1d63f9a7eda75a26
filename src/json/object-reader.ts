import { isLosslessNumber, parse } from 'lossless-json';
import { DataError, type OCopilotError } from '../errors.js';

/**
 * Reads a small document, whose value is an object; numbers keep their digits, and no key may occur twice.
 *
 * @param name what errors call the document
 * @throws DataError, or what `refuse` makes
 */
export function readDocument(json: string, name: string, refuse: Refuse = refuseData): ObjectReader {
  return objectReader(parseExactJson(json, name, refuse), name, '', refuse);
}

/** Reads one record of many, of which only `keys` are read: any other key may be repeated. @throws DataError */
export function readRecord(json: string, name: string, keys: readonly string[]): ObjectReader {
  const members = membersOf(parseExactJson(json, name, refuseData, keys));
  if (members === undefined) throw new DataError(name, 'is not an object');
  return new ObjectReader(members, name);
}

/** The members of one JSON object, checked as they are read; each method throws an error that names the member. */
export class ObjectReader {
  /**
   * @param name what errors call the document
   * @param path of the object in the document, '' for the whole
   */
  constructor(
    readonly members: ReadonlyMap<string, unknown>,
    private readonly name: string,
    private readonly path = '',
    private readonly refuseAs: Refuse = refuseData,
  ) {}

  /** The error for what is wrong with a member, or with the object itself. */
  refuse(problem: string, key?: string): OCopilotError {
    return this.refuseAs(
      this.name,
      problem,
      (key === undefined ? this.path : this.#pathOf(key)) || undefined,
    );
  }

  /** The error that says what a member should be. */
  error(key: string, what: string): OCopilotError {
    return this.refuse(expected(what, this.members.get(key)), key);
  }

  #pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** The same object under the name that errors call it once its id is known. */
  named(name: string): ObjectReader {
    return new ObjectReader(this.members, name, this.path, this.refuseAs);
  }

  /** Refuses any other key. */
  only(keys: readonly string[]): this {
    const other = [...this.members.keys()].find((key) => !keys.includes(key));
    if (other === undefined) return this;
    throw this.refuse(`no such key; the keys are ${keys.join(', ')}`, other);
  }

  /** What `read` gives; any key that is not in it is refused. */
  exactly<Read extends object>(read: (at: ObjectReader) => Read): Read {
    const found = read(this);
    this.only(Object.keys(found));
    return found;
  }

  object(key: string): ObjectReader {
    return objectReader(this.members.get(key), this.name, this.#pathOf(key), this.refuseAs);
  }

  objects(key: string): ObjectReader[] {
    const member = this.members.get(key);
    if (!Array.isArray(member)) throw this.error(key, 'an array');
    return member.map((each: unknown, index) =>
      objectReader(each, this.name, `${this.#pathOf(key)}[${index}]`, this.refuseAs),
    );
  }

  text(key: string, what = 'a string'): string {
    const member = this.members.get(key);
    if (typeof member !== 'string') throw this.error(key, what);
    return member;
  }

  texts(key: string): readonly string[] {
    const member = this.members.get(key);
    const isText = (each: unknown) => typeof each === 'string';
    if (!Array.isArray(member) || !member.every(isText)) throw this.error(key, 'an array of strings');
    return member;
  }

  matching(key: string, pattern: RegExp, what = `text like ${pattern.source}`): string {
    const member = this.text(key);
    if (!pattern.test(member)) throw this.error(key, what);
    return member;
  }

  choice<const Choice extends string>(
    key: string,
    choices: readonly Choice[],
    what = `one of ${choices.join(', ')}`,
  ): Choice {
    const choice = choices.find((each) => each === this.members.get(key));
    if (choice === undefined) throw this.error(key, what);
    return choice;
  }

  count(key: string, least = 0): number {
    const count = exactInteger(this.members.get(key));
    if (typeof count === 'number' && count >= least) return count;
    throw this.error(key, least === 0 ? 'a whole number' : `a whole number of at least ${least}`);
  }

  integer(key: string): number | bigint {
    const integer = exactInteger(this.members.get(key));
    if (integer === undefined) throw this.error(key, 'an integer');
    return integer;
  }

  /** The id of a report. */
  id(key: string, what = 'an integer or a string'): number | bigint | string {
    const member = this.members.get(key);
    const id = typeof member === 'string' ? member : exactInteger(member);
    if (id === undefined) throw this.error(key, what);
    return id;
  }

  /** A number as `parse` reads its digits, which may also be given as a string where `orText`. */
  exact<Value>(
    key: string,
    parse: (digits: string) => Value | undefined,
    what = 'a number that is not negative',
    orText = false,
  ): Value {
    const member = this.members.get(key);
    const value = parse((orText && typeof member === 'string' ? member : numberText(member)) ?? '');
    if (value === undefined) throw this.error(key, what);
    return value;
  }
}

/** Reads an object. @throws DataError where it is none */
function objectReader(value: unknown, name: string, path: string, refuse: Refuse): ObjectReader {
  const members = membersOf(value);
  if (members === undefined) throw refuse(name, expected('an object', value), path || undefined);
  return new ObjectReader(members, name, path, refuse);
}

/** Makes the error for a document that is wrong; `path` is that of the value, undefined for the whole. */
export type Refuse = (name: string, problem: string, path?: string) => OCopilotError;

const refuseData: Refuse = (name, problem, path) => new DataError(name, problem, path);

/**
 * Parses JSON keeping the digits of every number as they are written (`LosslessNumber`), since a double
 * cannot carry each id and each cost. A duplicate key is refused, even with the same value: which of two prices
 * a parser takes must not depend on the parser.
 *
 * @param keys those of the outermost object that are read: any other may be repeated, since nothing depends on it
 */
function parseExactJson(json: string, name: string, refuse: Refuse, keys?: readonly string[]): unknown {
  try {
    const value = parse(json, undefined, { onDuplicateKey: ({ newValue }) => newValue });
    const twice = repeatedKey(json, keys);
    if (twice === undefined) return value;
    throw new SyntaxError(`key ${JSON.stringify(twice)} occurs twice`);
  } catch (error) {
    // Nesting without end exhausts the stack of the parser.
    if (error instanceof RangeError) throw refuse(name, 'is not valid JSON: nests too deep');
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(name, `is not valid JSON: ${error.message}`);
  }
}

/** A key that an object of valid JSON has twice; of `keys` in the outermost one, where they are given. */
function repeatedKey(json: string, keys?: readonly string[]): string | undefined {
  const { length } = json;
  const seen: Set<string>[] = [];
  for (let at = 0; at < length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x7b /* { */ || code === 0x5b /* [ */) seen.push(new Set());
    else if (code === 0x7d /* } */ || code === 0x5d /* ] */) seen.pop();
    else if (code === 0x22 /* " */) {
      const start = at;
      for (at++; json.charCodeAt(at) !== 0x22; at++) if (json.charCodeAt(at) === 0x5c /* \ */) at++;
      if ((keys !== undefined && seen.length > 1) || !isColonNext(json, at + 1)) continue;
      const key = String(JSON.parse(json.slice(start, at + 1)));
      if (seen.at(-1)?.has(key) && (keys === undefined || keys.includes(key))) return key;
      seen.at(-1)?.add(key);
    }
  }
  return undefined;
}

/** A value is followed by a comma or the end of its object. */
function isColonNext(json: string, from: number): boolean {
  let at = from;
  while (json.charCodeAt(at) <= 0x20) at++;
  return json.charCodeAt(at) === 0x3a;
}

/** The digits of an exact number as they were written; undefined for any other value. */
function numberText(value: unknown): string | undefined {
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
function membersOf(value: unknown): Map<string, unknown> | undefined {
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
function expected(what: string, value: unknown): string {
  return value === undefined ? 'is missing' : `expected ${what}, got ${describe(value)}`;
}
