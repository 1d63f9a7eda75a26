import { SettingError } from '../errors.js';
import { expected, membersOf } from '../source/document/exact-json.js';

export type Members = Map<string, unknown>;

/** Where a value stands in the file, for errors: `rates[1].base`. */
export interface Place {
  readonly file: string;
  readonly path: string;
}

/** The error that says what is wrong there. */
export const refuse = ({ file, path }: Place, problem: string) =>
  new SettingError(file, path === '' ? problem : `${path}: ${problem}`);

/** The place of a member. */
export const inside = ({ file, path }: Place, key: string): Place => ({
  file,
  path: path === '' ? key : `${path}.${key}`,
});

/** The members of an object that has no other keys than these. @throws SettingError */
export function objectAt(value: unknown, keys: readonly string[], place: Place): Members {
  const members = membersOf(value);
  if (members === undefined) throw refuse(place, expected('an object', value));
  for (const key of members.keys()) {
    if (!keys.includes(key)) throw refuse(inside(place, key), `no such key; the keys are ${keys.join(', ')}`);
  }
  return members;
}
