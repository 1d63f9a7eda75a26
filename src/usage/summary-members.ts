import { parseInstant } from '../calendar/instant.js';
import { type Amount, parseAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import { exactInteger, expected, membersOf, numberText } from '../source/document/exact-json.js';

/*
 * Reads the members of a summary's JSON. `name` is what an error calls the document; each throws a DataError that
 * names the member.
 */

export type Members = Map<string, unknown>;

export function objectOf(value: unknown, name: string, field: string): Members {
  const members = membersOf(value);
  if (members !== undefined) return members;
  throw new DataError(name, expected('an object', value), field === '' ? undefined : field);
}

export function objectIn(members: Members, key: string, name: string): Members {
  return objectOf(members.get(key), name, key);
}

export function arrayIn(members: Members, key: string, name: string): unknown[] {
  const value = members.get(key);
  if (!Array.isArray(value)) throw refuse(members, key, 'an array', name);
  return value;
}

export function textIn(members: Members, key: string, name: string): string {
  const value = members.get(key);
  if (typeof value !== 'string') throw refuse(members, key, 'a string', name);
  return value;
}

export function timeIn(members: Members, key: string, name: string): string | undefined {
  const value = members.get(key);
  if (value === null) return undefined;
  if (typeof value === 'string' && parseInstant(value) !== undefined) return value;
  throw refuse(members, key, 'an RFC 3339 timestamp or null', name);
}

export function countIn(members: Members, key: string, name: string): number {
  const count = exactInteger(members.get(key));
  if (typeof count === 'number' && count >= 0) return count;
  throw refuse(members, key, 'a whole number', name);
}

export function creditsIn(members: Members, key: string, name: string): Amount {
  const credits = parseAmount(numberText(members.get(key)) ?? '');
  if (credits === undefined) throw refuse(members, key, 'a number that is not negative', name);
  return credits;
}

export function refuse(members: Members, key: string, what: string, name: string): DataError {
  return new DataError(name, expected(what, members.get(key)), key);
}
