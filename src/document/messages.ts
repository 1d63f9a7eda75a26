import { parseInstant } from '../calendar/instant.js';
import { parseAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import { readArrayDocument, readNdjsonDocument } from '../json/documents.js';
import { type ObjectReader, readRecord } from '../json/object-reader.js';
import { valueEnd } from '../json/scan.js';
import { byteOrderMark, checkUtf8 } from '../json/spans.js';
import { createPlainMessageReader } from './plain-message.js';
import type { Message, Report, ReportId } from './records.js';

const DOCUMENT = 'the messages document';

/**
 * Reads `{"messages":[…]}` as it arrives and yields the messages of each chunk, in order.
 *
 * @throws DataError for anything that is not one whole JSON document of that shape
 */
export function readMessages(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message[]> {
  const marks = createPageMarks();
  return readArrayDocument(bytes, {
    name: DOCUMENT,
    key: 'messages',
    noun: 'message',
    plain: createPlainMessageReader(),
    readValue: readMessageValue,
    note: marks.note,
    check: marks.check,
  });
}

/** Reads one message a line. @throws DataError that names the line */
export function readMessageLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Message[]> {
  return readNdjsonDocument(bytes, {
    name: 'stdin',
    noun: 'line',
    plain: createPlainMessageReader(),
    readValue: (json, index) => {
      const place = `line ${index + 1}`;
      return readMessageAt(json, place, (id) => `${place}, message ${id}`);
    },
  });
}

const KEYS = ['id', 'text', 'timestamp', 'report_id'];

/**
 * Reads one message with a full parser and names what is wrong with it: for every message that
 * `plain-message.ts` does not take.
 *
 * @param json the message's JSON, whole
 * @param index its index in the `messages` array, from 0, for errors before its id is known
 * @throws DataError
 */
export function readMessageValue(json: string, index: number): Message {
  return readMessageAt(json, `messages[${index}]`, (id) => `message ${id}`);
}

/**
 * The same for a message of another document.
 *
 * @param place what errors call it before its id is known
 * @param named what they call it afterwards
 */
export function readMessageAt(json: string, place: string, named: (id: number | bigint) => string): Message {
  const record = readRecord(json, place, KEYS);
  const id = record.integer('id');
  const message = record.named(named(id));
  const text = message.text('text');
  const timestamp = message.text('timestamp', 'an RFC 3339 timestamp');
  if (parseInstant(timestamp) === undefined) {
    const shown = JSON.stringify(timestamp.slice(0, 40));
    throw message.refuse(`${shown} is not an RFC 3339 timestamp, or no such day or time`, 'timestamp');
  }
  return { id, timestamp, reportId: reportIdOf(message), text };
}

function reportIdOf(message: ObjectReader): ReportId | undefined {
  if ((message.members.get('report_id') ?? undefined) === undefined) return undefined;
  const what = 'an integer, a string or null';
  const id = message.id('report_id', what);
  if (id === '') throw message.error('report_id', what);
  if (typeof id !== 'string' || id.isWellFormed()) return id;
  throw message.refuse('holds half of a surrogate pair, so no request can name that report', 'report_id');
}

/** Keys of common APIs, in lower case without signs: `@odata.nextLink` is `odatanextlink`. */
const NEXT = /^(odata)?next(page|link|url|href|cursor|token|pagetoken)?$/;
const MORE = /^(has(more|next|nextpage)|(is)?truncated)$/;
const LAST = /^(is)?last(page)?$/;
const TOTAL = /^(odatacount|total(count|items|results|elements)?)$/;
const PAGES = /^((total|num)?pages|pagecount|lastpage)$/;
const PAGING = /^(links|paging|pagination|pageinfo|page|meta|metadata)$/;

/**
 * Notices a document that says of itself that it is only one page of the period: a bill of the first page
 * would look whole and be too small.
 */
export function createPageMarks() {
  const seen = new Set<string>();
  const totals = new Map<string, number>();
  let more: string | undefined;

  return {
    /** @throws DataError for such a key twice */
    note(key: string, value: unknown): void {
      const name = plainKey(key);
      if (![NEXT, MORE, LAST, TOTAL, PAGES, PAGING].some((keys) => keys.test(name))) return;
      if (seen.has(key)) throw new DataError(DOCUMENT, 'occurs twice', key);
      seen.add(key);
      for (const mark of marksOf(key, value)) {
        if ('total' in mark) totals.set(mark.path, mark.total);
        else more ??= mark.more;
      }
    },

    /** @throws DataError when the document said that it holds more than the `count` messages read */
    check(count: number): void {
      if (more !== undefined) {
        throw new DataError(DOCUMENT, `is one page of several (${more}); a bill needs the whole period`);
      }
      for (const [key, total] of totals) {
        if (total > count) {
          throw new DataError(DOCUMENT, `says ${key} is ${total}, but it holds ${count} messages`);
        }
      }
    },
  };
}

function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z]/g, '');
}

type Mark = { readonly path: string; readonly total: number } | { readonly more: string };

/** What a member, or an object about paging in it, says of further pages and of how many messages there are. */
function* marksOf(path: string, value: unknown, key = path): Generator<Mark> {
  const name = plainKey(key);
  if (TOTAL.test(name)) {
    if (typeof value === 'number' && Number.isInteger(value)) yield { path, total: value };
  } else if (NEXT.test(name)) {
    if (namesPage(value)) yield { more: `${path} names a further page` };
  } else if (MORE.test(name)) {
    if (value === true) yield { more: `${path} is true` };
  } else if (LAST.test(name) && value === false) {
    yield { more: `${path} is false` };
  } else if (PAGES.test(name)) {
    if (typeof value === 'number' && value > 1) yield { more: `${path} is ${value}` };
  } else if (PAGING.test(name) && typeof value === 'object' && value !== null) {
    // A link of a list: `[{"rel":"next","href":"…"}]`.
    const links = Object.values(value).filter(isNextLink);
    if (links.length > 0) yield { more: `${path} names a further page` };
    for (const [inner, each] of Object.entries(value)) yield* marksOf(`${path}.${inner}`, each, inner);
  }
}

function isNextLink(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rel' in value && value.rel === 'next';
}

function namesPage(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return typeof value === 'number' ? value > 0 : typeof value === 'string' && value !== '';
}

/**
 * Reads `{"id":…,"name":…,"credit_cost":…}`, the answer to the request for report `id`.
 *
 * Half of a surrogate pair in the name is read as U+FFFD, since no UTF-8 can carry it: every format then shows the
 * same name, and every reader takes it.
 *
 * @throws DataError when it is not JSON, is another report, or has no usable name or cost: a guess would be a
 *   silent misbilling (pricing.md)
 */
export function readReport(bytes: Uint8Array, id: ReportId): Report {
  const report = parseReport(bytes, `report ${String(id)}`);
  const given = String(report.id('id'));
  if (given !== String(id)) {
    throw report.refuse(`upstream answered with another report, ${JSON.stringify(given)}`, 'id');
  }
  return { name: report.text('name').toWellFormed(), cost: report.exact('credit_cost', parseAmount) };
}

function parseReport(bytes: Uint8Array, where: string): ObjectReader {
  checkUtf8(bytes, where, 0);
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(byteOrderMark(bytes));
  const characters = json.toString();
  if (characters.trim() === '') throw new DataError(where, 'is empty');
  // For its bound on depth alone: the parser below recurses.
  valueEnd(json, 0, where);
  return readRecord(characters, where, ['id', 'name', 'credit_cost']);
}
