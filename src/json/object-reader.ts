import { DataError } from '../errors.js';
import { exactInteger, expected, membersOf, parseExactJsonAt } from './exact-json.js';

/** Reads the members of one JSON object; each method throws a DataError that names the member. */
export interface ObjectReader {
  readonly members: ReadonlyMap<string, unknown>;
  /** The error that says what a member should be. */
  error(key: string, what: string): DataError;
  object(key: string): ObjectReader;
  objects(key: string): ObjectReader[];
  text(key: string): string;
  texts(key: string): string[];
  matching(key: string, pattern: RegExp): string;
  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice;
  /** A whole number from 0. */
  count(key: string): number;
}

/**
 * Reads a small document, whose value is an object; numbers keep their digits, and no key may occur twice.
 *
 * @param name what errors call the document
 * @throws DataError
 */
export function readDocument(json: string, name: string): ObjectReader {
  const value = parseExactJsonAt(json, name);
  // The parser accepts a repeated key whose values are equal; other readers may not.
  if (countKeys(json) !== countMembers(value)) throw new DataError(name, 'has a repeated key');
  return readObject(value, name, '');
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

/** @param path of the object in the document, '' for the whole */
function readObject(value: unknown, name: string, path: string): ObjectReader {
  const found = membersOf(value);
  if (found === undefined) {
    throw new DataError(name, expected('an object', value), path === '' ? undefined : path);
  }
  const members: ReadonlyMap<string, unknown> = found;
  const pathOf = (key: string) => (path === '' ? key : `${path}.${key}`);
  const error = (key: string, what: string) =>
    new DataError(name, expected(what, members.get(key)), pathOf(key));

  function text(key: string): string {
    const member = members.get(key);
    if (typeof member !== 'string') throw error(key, 'a string');
    return member;
  }

  return {
    members,
    error,
    text,
    object: (key) => readObject(members.get(key), name, pathOf(key)),
    objects(key) {
      const member = members.get(key);
      if (!Array.isArray(member)) throw error(key, 'an array');
      return member.map((each: unknown, index) => readObject(each, name, `${pathOf(key)}[${index}]`));
    },
    texts(key) {
      const member = members.get(key);
      if (!Array.isArray(member)) throw error(key, 'an array of strings');
      return member.map((each: unknown) => {
        if (typeof each === 'string') return each;
        throw error(key, 'an array of strings');
      });
    },
    matching(key, pattern) {
      const member = text(key);
      if (!pattern.test(member)) throw error(key, `text like ${pattern.source}`);
      return member;
    },
    choice(key, choices) {
      const choice = choices.find((each) => each === members.get(key));
      if (choice === undefined) throw error(key, `one of ${choices.join(', ')}`);
      return choice;
    },
    count(key) {
      const count = exactInteger(members.get(key));
      if (typeof count === 'number' && count >= 0) return count;
      throw error(key, 'a whole number');
    },
  };
}
