import type { Message, ReportId } from '../message.js';
import { instantOf } from '../timestamp.js';

/** Fifteen digits always fit a double exactly; longer numbers are for `message-value.ts`. */
const MOST_DIGITS = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads messages of the usual shape straight from the characters of a chunk: flat objects whose ids are plain
 * digits. It decides nothing: whatever is unusual (an escape outside the text, a nested value, a key twice,
 * a value out of range, the end of the chunk) makes `read` answer undefined, and `message-value.ts` then
 * reads the same characters with a full parser and says what is wrong, if anything is.
 */
export function createPlainMessageReader() {
  let characters = '';
  /** Where reading goes on; -1 once something unusual was met. */
  let at = 0;

  function read(chunk: string, from: number): Message | undefined {
    characters = chunk;
    at = from;
    let id = -1;
    let timestamp: string | undefined;
    let reportId: ReportId | undefined;
    let reportSeen = false;
    let text: string | undefined;
    let textStart = -1;
    let textEnd = -1;

    if (characters.charCodeAt(at) !== OPEN) return undefined;
    do {
      at++;
      skipSpace();
      const keyStart = at + 1;
      if (!skipString()) return undefined;
      const keyLength = at - 1 - keyStart;
      skipSpace();
      if (characters.charCodeAt(at) !== COLON) return undefined;
      at++;
      skipSpace();
      if (keyLength === 2 && keyIs('id', keyStart)) {
        if (id !== -1) return undefined;
        id = readDigits();
        if (id === -1) return undefined;
      } else if (keyLength === 4 && keyIs('text', keyStart)) {
        if (textStart !== -1) return undefined;
        textStart = at + 1;
        if (skipString()) {
          textEnd = at - 1;
        } else {
          text = readEscapedString(textStart - 1);
          if (text === undefined) return undefined;
        }
      } else if (keyLength === 9 && keyIs('timestamp', keyStart)) {
        if (timestamp !== undefined) return undefined;
        const start = at + 1;
        if (!skipString() || Number.isNaN(instantOf(characters, start, at - 1))) return undefined;
        timestamp = characters.slice(start, at - 1);
      } else if (keyLength === 9 && keyIs('report_id', keyStart)) {
        if (reportSeen) return undefined;
        reportSeen = true;
        if (keyIs('null', at)) {
          at += 4;
        } else if (characters.charCodeAt(at) === QUOTE) {
          const start = at + 1;
          if (!skipString() || at - 1 === start) return undefined;
          reportId = characters.slice(start, at - 1);
        } else {
          const digits = readDigits();
          if (digits === -1) return undefined;
          reportId = digits;
        }
      } else if (!(characters.charCodeAt(at) === QUOTE ? skipString() : readDigits() !== -1)) {
        return undefined;
      }
      skipSpace();
    } while (characters.charCodeAt(at) === COMMA);

    if (characters.charCodeAt(at) !== CLOSE) return undefined;
    at++;
    if (id === -1 || timestamp === undefined || textStart === -1) return undefined;
    return text === undefined
      ? { id, timestamp, reportId, characters, textStart, textEnd }
      : { id, timestamp, reportId, characters: text, textStart: 0, textEnd: text.length };
  }

  function skipSpace(): void {
    while (isSpace(characters.charCodeAt(at))) at++;
  }

  function keyIs(key: string, from: number): boolean {
    for (let index = 0; index < key.length; index++) {
      if (characters.charCodeAt(from + index) !== key.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Moves past a string without escapes; false, with `at` anywhere, where there is none. */
  function skipString(): boolean {
    if (characters.charCodeAt(at) !== QUOTE) return false;
    const { length } = characters;
    while (++at < length) {
      const code = characters.charCodeAt(at);
      if (code === QUOTE) {
        at++;
        return true;
      }
      if (code === BACKSLASH || code < 0x20) return false;
    }
    return false;
  }

  /** The string that opens at `from` and has escapes; undefined where it is unfinished or not valid. */
  function readEscapedString(from: number): string | undefined {
    const { length } = characters;
    for (at = from + 1; at < length; at++) {
      const code = characters.charCodeAt(at);
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) break;
    }
    if (at >= length) return undefined;
    at++;
    try {
      const text: unknown = JSON.parse(characters.slice(from, at));
      return typeof text === 'string' ? text : undefined;
    } catch {
      return undefined;
    }
  }

  /** A whole number of at most fifteen digits, or -1. */
  function readDigits(): number {
    const start = at;
    let value = 0;
    let digit = characters.charCodeAt(at) - 0x30;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = characters.charCodeAt(++at) - 0x30;
    }
    const count = at - start;
    if (count === 0 || count > MOST_DIGITS) return -1;
    if (count > 1 && characters.charCodeAt(start) === 0x30) return -1;
    return value;
  }

  return {
    read,
    /** The index after the message that `read` gave last. */
    next: () => at,
  };
}

/** JSON's white space. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
