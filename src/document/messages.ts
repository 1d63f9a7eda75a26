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
const TOTAL = /^(odatacount|total(count|items|results)?)$/;
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
      if (![NEXT, MORE, TOTAL, PAGING].some((keys) => keys.test(name))) return;
      if (seen.has(key)) throw new DataError(DOCUMENT, 'occurs twice', key);
      seen.add(key);
      if (TOTAL.test(name) && typeof value === 'number' && Number.isInteger(value)) totals.set(key, value);
      more ??= furtherPage(key, value);
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

/** What a member says of a further page, if it does. */
function furtherPage(key: string, value: unknown): string | undefined {
  const name = plainKey(key);
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (NEXT.test(name)) {
    const isNamed =
      members.length > 0 ||
      (typeof value === 'number' ? value > 0 : typeof value === 'string' && value !== '');
    return isNamed ? `${key} names a further page` : undefined;
  }
  if (MORE.test(name)) return value === true ? `${key} is true` : undefined;
  if (!PAGING.test(name)) return undefined;
  for (const [inner, each] of members) {
    const why = furtherPage(inner, each);
    if (why !== undefined) return `${key}.${why}`;
  }
  return undefined;
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
