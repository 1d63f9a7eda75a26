import { DataError, type OCopilotError } from '../errors.js';
import {
  exactInteger,
  expected,
  membersOf,
  numberText,
  parseExactJsonAt,
  parseMembers,
  type Refuse,
  refuseData,
} from './exact-json.js';

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
  id(key: string): number | bigint | string {
    const member = this.members.get(key);
    const id = typeof member === 'string' ? member : exactInteger(member);
    if (id === undefined) throw this.error(key, 'an integer or a string');
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
export function objectReader(
  value: unknown,
  name: string,
  path = '',
  refuse: Refuse = refuseData,
): ObjectReader {
  const members = membersOf(value);
  if (members === undefined) throw refuse(name, expected('an object', value), path || undefined);
  return new ObjectReader(members, name, path, refuse);
}

/**
 * Reads a small document, whose value is an object; numbers keep their digits, and no key may occur twice.
 *
 * @param name what errors call the document
 * @throws DataError, or what `refuse` makes
 */
export function readDocument(json: string, name: string, refuse: Refuse = refuseData): ObjectReader {
  const value = parseExactJsonAt(json, name, refuse);
  // The parser accepts a repeated key whose values are equal; other readers may not.
  if (countKeys(json) !== countMembers(value)) throw refuse(name, 'has a repeated key');
  return objectReader(value, name, '', refuse);
}

/**
 * Reads one record of many, of which only `keys` are read: any other key may be repeated, since nothing depends on it.
 *
 * @param problem what the error says of a value that is no object
 * @throws DataError
 */
export function readRecord(
  json: string,
  name: string,
  keys: readonly string[],
  problem = 'is not an object',
): ObjectReader {
  const members = parseMembers(json, name, keys);
  if (members === undefined) throw new DataError(name, problem);
  return new ObjectReader(members, name);
}

/** The keys in valid JSON, each as often as it is written. */
function countKeys(json: string): number {
  let keys = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g)) if (colon !== undefined) keys++;
  return keys;
}

function countMembers(value: unknown): number {
  const members = membersOf(value);
  const values = members === undefined ? (Array.isArray(value) ? value : []) : [...members.values()];
  return values.reduce((sum: number, each: unknown) => sum + countMembers(each), members?.size ?? 0);
}
