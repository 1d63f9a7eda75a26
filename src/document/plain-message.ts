import { parseInstant } from '../calendar/instant.js';
import {
  asciiStringEnd,
  digitsEnd,
  isByte,
  parseString,
  plainStringEnd,
  skipSpace,
  startsWith,
  stringEnd,
  wholeNumber,
} from '../json/scan.js';
import type { Span } from '../json/spans.js';
import { isSame, literal } from '../json/spans.js';
import type { Message, MessageBytes, ReportId } from './records.js';

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The keys as written, with the colon that follows where no space comes between. */
const KEYS = ['"id":', '"text":', '"timestamp":', '"report_id":'].map(literal);
const NULL = literal('null');
const ID = 0;
const TEXT = 1;
const TIMESTAMP = 2;
const REPORT_ID = 3;
const OTHER = 4;

/**
 * Reads messages of the usual shape straight from the bytes of a span: flat objects whose ids are plain
 * digits. It decides nothing: whatever is unusual (an escape outside the text, a nested value, a key twice,
 * a value out of range, the end of the span) makes `read` answer undefined, and `readMessageValue` then says
 * what is wrong, if anything is.
 *
 * The scanning functions work on numbers in locals: state in a closure would cost as much as the scan.
 */
export function createPlainMessageReader() {
  let next = 0;
  /** The keys of the previous message in their order: documents seldom change it. */
  const order: number[] = [];
  /** Where the last timestamp of the usual form begins. */
  let usual = -1;
  let usualIn: Span | undefined;

  function read(span: Span, from: number): Message | undefined {
    const { bytes } = span;
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
    let position = 0;
    do {
      at = skipSpace(bytes, at + 1);
      let key = order[position] ?? OTHER;
      const expected = KEYS[key];
      if (expected !== undefined && startsWith(span, at, expected)) {
        at += expected.length;
      } else {
        const keyEnd = plainStringEnd(span, at);
        if (keyEnd === -1) return undefined;
        key = keyAt(span, at, keyEnd);
        order[position] = key;
        at = skipSpace(bytes, keyEnd);
        if (!isByte(bytes, at, COLON)) return undefined;
        at++;
      }
      position++;
      const value = skipSpace(bytes, at);
      switch (key) {
        case ID:
          at = digitsEnd(bytes, value);
          if (id !== -1 || at === -1) return undefined;
          id = wholeNumber(bytes, value, at);
          break;
        case TEXT:
          if (textStart !== -1) return undefined;
          at = asciiStringEnd(span, value);
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
          if (isUsualTimestamp(span, value, span === usualIn ? usual : -1)) {
            usual = value;
            usualIn = span;
            at = value + USUAL_LENGTH;
          } else {
            at = asciiStringEnd(span, value);
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
            at = asciiStringEnd(span, value);
            if (at === -1 || at === value + 2) return undefined;
            reportId = bytes.toString('latin1', value + 1, at - 1);
          } else if (startsWith(span, value, NULL)) {
            at = value + NULL.length;
          } else {
            at = digitsEnd(bytes, value);
            if (at === -1) return undefined;
            reportId = wholeNumber(bytes, value, at);
          }
          break;
        default:
          at = isByte(bytes, value, QUOTE) ? plainStringEnd(span, value) : digitsEnd(bytes, value);
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
      span,
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
function keyAt(span: Span, start: number, end: number): number {
  const index = KEYS.findIndex(
    ({ view, length }) => length - 1 === end - start && startsWith(span, start, { view, length: length - 1 }),
  );
  return index === -1 ? OTHER : index;
}

/*
 * The usual timestamp of upstream, `"YYYY-MM-DDThh:mm:ss.sssZ"` with its quotes, is known by its bytes. Anything else,
 * right or wrong or on 29 February, is for `parseInstant`, which has the whole rule.
 */

const USUAL_LENGTH = 26;
/** `"YYYY-MM-DDThh:m`, which messages that follow each other share as a rule. */
const SHARED = 16;

/** Digits, and the characters between them, by position; the digits' upper bounds hold whatever follows them. */
const LEAST = literal('"0000-00-00T00:00:00.000Z"').view;
const MOST = literal('"9999-19-39T29:59:59.999Z"').view;
/** Where the last four bytes begin. */
const LAST = USUAL_LENGTH - 4;

/** By month, counted from 1; of February only what every year has. */
const LAST_DAY = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/**
 * Whether such a timestamp, which is surely RFC 3339, begins at `start`.
 *
 * @param known where one of the same bytes begins; -1 where none was seen
 */
export function isUsualTimestamp({ bytes, view }: Span, start: number, known: number): boolean {
  if (start + USUAL_LENGTH > bytes.length) return false;
  if (known !== -1 && isSame(view, start, view, known, SHARED)) return isWithin(view, start, SHARED);
  if (!isWithin(view, start, 0)) return false;
  const month = twoDigits(bytes, start + 6);
  const day = twoDigits(bytes, start + 9);
  return month <= 12 && day >= 1 && day <= (LAST_DAY[month] ?? 0) && twoDigits(bytes, start + 12) <= 23;
}

/** Whether the bytes from position `from` of the timestamp on lie within their bounds: four at a time. */
function isWithin(view: DataView, start: number, from: number): boolean {
  let outside = highBits(view, start, LAST);
  for (let index = from; index < LAST; index += 4) outside |= highBits(view, start, index);
  return (outside & 0x80808080) === 0;
}

/**
 * The high bit of a byte is 0 where it lies within its bounds. Beyond one of them a subtraction sets it, of the first
 * such byte at any rate: only what such a byte borrows can change the bits of another.
 */
function highBits(view: DataView, start: number, index: number): number {
  const four = view.getInt32(start + index, true);
  return (four - LEAST.getInt32(index, true)) | (MOST.getInt32(index, true) - four);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 10 + (bytes[at + 1] ?? 0) - 0x30 * 11;
}

/**
 * A message that has not been taken out of the chunk it arrived in. A class, because its timestamp and text are
 * only decoded when they are read: a string on each object would cost more than reading it.
 */
export class ChunkMessage implements Message, MessageBytes {
  /** @param decoded the text, where it is not plain; undefined where it will not be read */
  constructor(
    readonly id: number | bigint,
    readonly reportId: ReportId | undefined,
    readonly span: Span,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    readonly isPlainText: boolean,
    readonly textStart: number,
    readonly textEnd: number,
    private readonly decoded: string | undefined,
  ) {}

  get raw(): MessageBytes {
    return this;
  }

  get timestamp(): string {
    return this.span.bytes.toString('latin1', this.timestampStart, this.timestampEnd);
  }

  get text(): string {
    if (this.isPlainText) return this.span.bytes.toString('latin1', this.textStart, this.textEnd);
    if (this.decoded === undefined) throw new Error('the text of a row without texts was read');
    return this.decoded;
  }
}
