/*
 * Text from upstream on its way to a terminal: controls (C0, C1, DEL), line and paragraph separators, marks
 * that reorder text (bidi embeddings, overrides, isolates), and marks without width that hide text are shown
 * as escapes. So are half of a surrogate pair and U+FFFD, which say that something was lost. Ordinary
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
