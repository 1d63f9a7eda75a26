/** Controls that JSON.stringify leaves as they are (DEL and C1), line separators, marks that reorder text, and U+FFFD. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/g;

/** A lone half as `JSON.stringify` writes it, or any other escape, so that a backslash before `u` is not taken for one. */
const HALF_PAIR_OR_ESCAPE = /\\(?:(ud[89a-f][\da-f]{2})|.)/g;

/**
 * JSON of the same value, with what could steer a terminal as `\u` escapes: JSON is looked at in terminals too.
 * Half of a surrogate pair becomes U+FFFD, as in every format: many readers refuse the whole document for one.
 */
export function jsonString(value: unknown): string {
  const json = JSON.stringify(value);
  const wellFormed = json.includes('\\ud')
    ? json.replace(HALF_PAIR_OR_ESCAPE, (sequence, half) => (half === undefined ? sequence : '\uFFFD'))
    : json;
  return wellFormed.replace(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
