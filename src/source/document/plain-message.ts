import { parseInstant } from '../../calendar/instant.js';
import { literal } from '../literal.js';
import type { Message, ReportId } from '../message.js';
import { ChunkMessage } from './chunk-message.js';
import { isUsualTimestamp, USUAL_LENGTH } from './plain-timestamp.js';
import {
  asciiStringEnd,
  digitsEnd,
  isByte,
  parseString,
  plainStringEnd,
  startsWith,
  stringEnd,
  wholeNumber,
} from './plain-values.js';
import { skipSpace } from './skip-space.js';
import type { Stretch } from './stretch.js';

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The keys as they stand on the wire, with the colon that follows where no space comes between. */
const KEYS = ['"id":', '"text":', '"timestamp":', '"report_id":'].map(literal);
const NULL = literal('null');
const ID = 0;
const TEXT = 1;
const TIMESTAMP = 2;
const REPORT_ID = 3;
const OTHER = 4;

/**
 * Reads messages of the usual shape straight from the bytes of a stretch: flat objects whose ids are plain
 * digits. It decides nothing: whatever is unusual (an escape outside the text, a nested value, a key twice,
 * a value out of range, the end of the stretch) makes `read` answer undefined, and `message-value.ts` then
 * reads the same bytes with a full parser and says what is wrong, if anything is.
 *
 * The scanning functions work on numbers in locals: state kept in a closure would cost as much as the scan.
 */
export function createPlainMessageReader() {
  let next = 0;
  /** Which key stood at each place of the message before: writers keep to one order. */
  const order: number[] = [];
  /** Where the last timestamp of the usual form stands. */
  let usual = -1;
  let usualIn: Stretch | undefined;

  function read(stretch: Stretch, from: number): Message | undefined {
    const { bytes } = stretch;
    let at = from;
    let id = -1;
    let timestampStart = -1;
    let timestampEnd = -1;
    let reportId: ReportId | undefined;
    let reportSeen = false;
    let textStart = -1;
    let textEnd = -1;
    let decoded = '';
    let isPlainText = true;

    if (!isByte(bytes, at, OPEN)) return undefined;
    let place = 0;
    do {
      at = skipSpace(bytes, at + 1);
      let key = order[place] ?? OTHER;
      const expected = KEYS[key];
      if (expected !== undefined && startsWith(stretch, at, expected)) {
        at += expected.length;
      } else {
        const keyEnd = plainStringEnd(stretch, at);
        if (keyEnd === -1) return undefined;
        key = keyAt(stretch, at, keyEnd);
        order[place] = key;
        at = skipSpace(bytes, keyEnd);
        if (!isByte(bytes, at, COLON)) return undefined;
        at++;
      }
      place++;
      const value = skipSpace(bytes, at);
      switch (key) {
        case ID:
          at = digitsEnd(bytes, value);
          if (id !== -1 || at === -1) return undefined;
          id = wholeNumber(bytes, value, at);
          break;
        case TEXT:
          if (textStart !== -1) return undefined;
          at = asciiStringEnd(stretch, value);
          if (at === -1) {
            at = stringEnd(bytes, value);
            if (at === -1) return undefined;
            const text = parseString(bytes, value, at);
            if (text === undefined) return undefined;
            decoded = text;
            isPlainText = false;
          }
          textStart = value + 1;
          textEnd = at - 1;
          break;
        case TIMESTAMP:
          if (timestampStart !== -1) return undefined;
          timestampStart = value + 1;
          if (isUsualTimestamp(stretch, value, stretch === usualIn ? usual : -1)) {
            usual = value;
            usualIn = stretch;
            at = value + USUAL_LENGTH;
          } else {
            at = asciiStringEnd(stretch, value);
            if (at === -1) return undefined;
            if (parseInstant(bytes.toString('latin1', timestampStart, at - 1)) === undefined)
              return undefined;
          }
          timestampEnd = at - 1;
          break;
        case REPORT_ID:
          if (reportSeen) return undefined;
          reportSeen = true;
          if (isByte(bytes, value, QUOTE)) {
            at = asciiStringEnd(stretch, value);
            if (at === -1 || at === value + 2) return undefined;
            reportId = bytes.toString('latin1', value + 1, at - 1);
          } else if (startsWith(stretch, value, NULL)) {
            at = value + NULL.length;
          } else {
            at = digitsEnd(bytes, value);
            if (at === -1) return undefined;
            reportId = wholeNumber(bytes, value, at);
          }
          break;
        default:
          at = isByte(bytes, value, QUOTE) ? plainStringEnd(stretch, value) : digitsEnd(bytes, value);
          if (at === -1) return undefined;
      }
      at = skipSpace(bytes, at);
    } while (isByte(bytes, at, COMMA));

    if (!isByte(bytes, at, CLOSE)) return undefined;
    if (id === -1 || timestampStart === -1 || textStart === -1) return undefined;
    next = at + 1;
    return new ChunkMessage(
      id,
      reportId,
      stretch,
      timestampStart,
      timestampEnd,
      isPlainText,
      textStart,
      textEnd,
      decoded,
    );
  }

  return {
    read,
    /** The index after the message that `read` gave last. */
    next: () => next,
  };
}

/** Which key the string in [start, end) is, quotes included. */
function keyAt(stretch: Stretch, start: number, end: number): number {
  const index = KEYS.findIndex(
    ({ view, length }) =>
      length - 1 === end - start && startsWith(stretch, start, { view, length: length - 1 }),
  );
  return index === -1 ? OTHER : index;
}
