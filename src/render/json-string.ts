/** Controls that JSON.stringify leaves as they are (DEL and C1), line separators, and marks that reorder text. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON of the same value, with what could steer a terminal as `\u` escapes: JSON is looked at in terminals too. */
export function jsonString(value: unknown): string {
  return JSON.stringify(value).replace(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
