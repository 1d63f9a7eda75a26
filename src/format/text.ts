/*
 * Text from upstream on its way to a terminal: controls (C0, C1, DEL), line and paragraph separators, marks
 * that reorder text (bidi embeddings, overrides, isolates), and marks without width that hide text are shown
 * as escapes. So are half of a surrogate pair and U+FFFD, which show that something was lost. Ordinary
 * right-to-left letters, combining marks and emoji with their joiners stay.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}](?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` with everything that could steer a terminal, or hide what is there, as an escape such as `\u{1b}`. */
export function visible(text: string): string {
  return text.replaceAll(
    UNSAFE,
    (character) => NAMED[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

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

/** Characters of markup, as HTML and XML escape them. */
export const SYNTAX: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** The same text in HTML, also within an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => SYNTAX[character] ?? character);
}
