import { DataError } from '../errors.js';

/** Reads the members of one JSON object; each reader throws a DataError that names the member. */
export interface MemberReader {
  readonly members: Readonly<Record<string, unknown>>;
  /** The error that says what a member should be. */
  refuse(key: string, what: string): DataError;
  text(key: string): string;
  object(key: string): MemberReader;
  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice;
  matching(key: string, pattern: RegExp): string;
  /** A whole number from 0. */
  count(key: string): number;
  texts(key: string): string[];
}

/**
 * @param path of the object in `file`, '' for the whole of it
 * @throws DataError where `value` is no object
 */
export function readMembers(file: string, value: unknown, path = ''): MemberReader {
  if (!isRecord(value)) throw new DataError(file, 'expected an object', path === '' ? undefined : path);
  const members = value;
  const place = (key: string) => (path === '' ? key : `${path}.${key}`);
  const refuse = (key: string, what: string) => new DataError(file, `expected ${what}`, place(key));

  function text(key: string): string {
    const member = members[key];
    if (typeof member !== 'string') throw refuse(key, 'a string');
    return member;
  }

  return {
    members,
    refuse,
    text,
    object: (key) => readMembers(file, members[key], place(key)),
    choice(key, choices) {
      const found = choices.find((choice) => choice === members[key]);
      if (found === undefined) throw refuse(key, `one of ${choices.join(', ')}`);
      return found;
    },
    matching(key, pattern) {
      const member = text(key);
      if (!pattern.test(member)) throw refuse(key, `text like ${pattern.source}`);
      return member;
    },
    count(key) {
      const member = members[key];
      if (typeof member === 'number' && Number.isSafeInteger(member) && member >= 0) return member;
      throw refuse(key, 'a whole number');
    },
    texts(key) {
      const member = members[key];
      if (!Array.isArray(member)) throw refuse(key, 'an array of strings');
      return member.map((each: unknown) => {
        if (typeof each === 'string') return each;
        throw refuse(key, 'an array of strings');
      });
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
