/** A text as the streaming parser hands it over: a window into the chunk it arrived in. */
export interface Window {
  readonly characters: string;
  readonly start: number;
  readonly end: number;
}

const CHUNK = 64 * 1024;

/** The texts one after another in flat strings of about 64 Ki characters. */
export function packWindows(texts: readonly string[]): Window[] {
  const windows: Window[] = [];
  let chunk: string[] = [];
  let length = 0;
  const close = () => {
    const characters = flatten(chunk.join(''));
    let start = 0;
    for (const text of chunk) {
      windows.push({ characters, start, end: start + text.length });
      start += text.length;
    }
    chunk = [];
    length = 0;
  };
  for (const text of texts) {
    chunk.push(text);
    length += text.length;
    if (length >= CHUNK) close();
  }
  close();
  return windows;
}

/** Each text as a string of its own. */
export function wholeStrings(texts: readonly string[]): Window[] {
  return texts.map((text) => ({ characters: flatten(text), start: 0, end: text.length }));
}

/** Neither a rope nor a slice of another string, as `JSON.parse` makes it. */
function flatten(text: string): string {
  return JSON.parse(JSON.stringify(text));
}
