import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readExport } from '../../../src/document/export.js';
import { createRowReader, readPricedRows } from '../../../src/document/export-rows.js';
import {
  createPageMarks,
  readMessageAt,
  readMessageLines,
  readMessages,
  readMessageValue,
  readReport,
} from '../../../src/document/messages.js';
import type { Message } from '../../../src/document/records.js';
import { readArrayDocument, readNdjsonDocument } from '../../../src/json/documents.js';

/*
 * Messages and rows have two readers: a fast one for the usual shape, and a strict one for the rest. Whatever the
 * document, both together must answer what the strict one answers alone, errors included.
 */

const NEVER = { read: () => undefined, next: () => 0 };
const TIME = '2024-04-29T02:08:29.375Z';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What a reader makes of a document: its elements as text, then the error, if there is one. */
async function outcome<Element>(
  elements: AsyncIterable<Element[]>,
  shown: (element: Element) => unknown,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const batch of elements) seen.push(...batch.map(shown));
  } catch (error) {
    return [...seen, String(error)];
  }
  return seen;
}

const shown = ({ id, timestamp, reportId, text }: Message) => [id, timestamp, reportId, text];

/** The rows, or the error alone: rows before it may be in the batch that fails. */
const rowsOrError = (seen: readonly unknown[]) => (typeof seen.at(-1) === 'string' ? seen.slice(-1) : seen);

/** The strict readers alone. */
const strictMessages = (bytes: AsyncIterable<Uint8Array>) => {
  const { note, check } = createPageMarks();
  const name = 'the messages document';
  const document = { name, key: 'messages', noun: 'message', plain: NEVER, readValue: readMessageValue };
  return readArrayDocument(bytes, { ...document, note, check });
};
const strictLines = (bytes: AsyncIterable<Uint8Array>) =>
  readNdjsonDocument(bytes, {
    name: 'stdin',
    noun: 'line',
    plain: NEVER,
    readValue: (json, index) =>
      readMessageAt(json, `line ${index + 1}`, (id) => `line ${index + 1}, message ${id}`),
  });

const anyString = fc.oneof(
  fc.constantFrom('a', '', 'é', '東', '\ud800', '"', '\\', '\n', 'A man, a plan'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const raw = fc.oneof(
  anyString.map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0061"', '"\\ud800"', '"\u007f"', '"a\tb"', '"\\x"', '"', 'null', 'true', '{}', '[]'),
  fc.constantFrom(
    '0',
    '-0',
    '7',
    '007',
    '1.5',
    '1e3',
    '-1',
    '9007199254740993',
    '123456789012345',
    '1'.repeat(41),
  ),
  fc.constantFrom(
    '{"id":1,"id":2}',
    '[{"a":1,"a":1}]',
    `"${TIME}"`,
    '"2024-02-29T00:00:00z"',
    '"2023-02-29T00:00:00Z"',
  ),
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"id"', '"text"', '"timestamp"', '"report_id"') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('"user"', '"n"', '"i\\u0064"', '"\\u0074ext"', '"é"', '"__proto__"'),
  },
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t', '\u00a0');
const member = fc
  .tuple(key, space, raw, space)
  .map(([name, before, value, after]) => `${name}${before}:${after}${value}`);
const USUAL = [
  '"id":1',
  `"timestamp":"${TIME}"`,
  '"text":"abc"',
  '"report_id":7',
  '"report_id":null',
  '"report_id":"x"',
];
/** A message that is nearly right: the usual members in any order, some of them changed, left out or repeated. */
const message = fc
  .tuple(fc.shuffledSubarray(USUAL, { minLength: 2 }), fc.array(member, { maxLength: 3 }), fc.nat(), space)
  .map(([usual, more, place, gap]) => {
    const at = place % (usual.length + 1);
    const members = [...usual.slice(0, at), ...more, ...usual.slice(at)];
    return `{${members.join(`,${gap}`)}}`;
  });
/** One character put in, taken out or changed. */
const mutated = fc
  .tuple(message, fc.nat(), fc.nat(2), fc.constantFrom(...'{}[]",:\\0123 9eEZzT.-+nu', '\u0000', 'é'))
  .map(([text, place, how, character]) => {
    const at = place % text.length;
    return text.slice(0, at) + (how === 0 ? '' : character) + text.slice(how === 1 ? at : at + 1);
  });
const anyMessage = fc.oneof(message, message, mutated);
const size = fc.constantFrom(1, 7, 64, 4096);

describe('fault C8 (the fast and the strict reader follow one rule): random and mutated input', () => {
  test('messages documents', async () => {
    const documentKey = fc.constantFrom(
      '"before":1,',
      '"total":1,',
      '"has_more":false,',
      '"x":{"a":1,"a":2},',
      '',
      '',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { maxLength: 4 }),
        fc.array(documentKey, { maxLength: 2 }),
        size,
        async (messages, keys, pieces) => {
          const text = `{${keys.join('')}"messages":[${messages.join(',')}]}`;
          const both = await outcome(readMessages(inPieces(text, pieces)), shown);
          const alone = await outcome(strictMessages(inPieces(text, pieces)), shown);
          expect(both).toEqual(alone);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('the NDJSON that price reads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMessage, { maxLength: 4 }), size, async (messages, pieces) => {
        const text = messages.join('\n');
        const both = await outcome(readMessageLines(inPieces(text, pieces)), shown);
        expect(both).toEqual(await outcome(strictLines(inPieces(text, pieces)), shown));
      }),
      { numRuns: 1000 },
    );
  });

  test('rows of an export', async () => {
    const row = fc
      .tuple(
        fc.shuffledSubarray(
          [
            '"message_id":1',
            `"timestamp":"${TIME}"`,
            '"report_name":"A"',
            '"credits_used":1.50',
            '"report_id":7',
            '"report_id":"x"',
            '"kind":"report"',
          ],
          { minLength: 2 },
        ),
        fc.array(fc.tuple(fc.constantFrom('"message_id"', '"report_name"', '"x"', '"credits_used"'), raw), {
          maxLength: 2,
        }),
        fc.boolean(),
      )
      .map(([usual, more, first]) => {
        const extra = more.map(([name, value]) => `${name}:${value}`);
        return `{${(first ? [...extra, ...usual] : [...usual, ...extra]).join(',')}}`;
      });
    const usual = `{"message_id":1,"timestamp":"${TIME}","report_name":"A","credits_used":1.50}`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(row, fc.constant(usual)), { maxLength: 4 }),
        size,
        async (rows, pieces) => {
          const text = `{"usage":[${rows.join(',')}]}`;
          const { readValue } = createRowReader('old');
          const strict = { name: 'old', key: 'usage', noun: 'row', plain: NEVER, readValue };
          const alone = await outcome(readArrayDocument(inPieces(text, pieces), strict), (each) => each);
          const both = await outcome(readExport('old', inPieces(text, pieces)), (each) => each);
          expect(rowsOrError(both)).toEqual(rowsOrError(alone));
        },
      ),
      { numRuns: 700 },
    );
  });
});

const priced = (more: string) =>
  `{"message_id":1,"timestamp":"${TIME}","credits_used":1,"kind":"text"${more}}`;
const MESSAGE = `"id":1,"timestamp":"${TIME}","text":"a"`;

describe('fault C8 (duplicate keys): one rule, whatever is beside them', () => {
  /** What makes the strict reader read the message. */
  const BESIDE = ['', ',"n":1.5', ',"n":{"a":[]}', ',"n":"\\u0061"', ',"n":true'];
  const read = (more: string) =>
    outcome(readMessages(inPieces(`{"messages":[{${MESSAGE}${more}}]}`, 999)), shown);

  test.each(BESIDE)('a key that is not read may be repeated, at any depth: beside %j', async (beside) => {
    const good = [[1, TIME, undefined, 'a']];
    expect(await read(`,"user":"a","user":"b"${beside}`)).toEqual(good);
    expect(await read(`,"user":"a","user":"a"${beside}`)).toEqual(good);
    expect(await read(`,"meta":{"id":1,"id":2}${beside}`)).toEqual(good);
  });

  test.each(BESIDE)('one that is read may not, even with the same value: beside %j', async (beside) => {
    for (const more of [
      '"id":1',
      '"id":2',
      '"text":"a"',
      '"text":"b"',
      `"timestamp":"${TIME}"`,
      '"i\\u0064":1',
    ]) {
      const [error] = await read(`,${more}${beside}`);
      expect(error, more).toMatch(/messages\[0\].*key "(id|text|timestamp)" occurs twice/);
    }
    const [error] = await read(`,"report_id":null,"report_id":7${beside}`);
    expect(error).toContain('key "report_id" occurs twice');
  });

  test('the same in reports, in the input of price, in what --from-priced reads and in documents', async () => {
    const report = (more: string) => Buffer.from(`{"id":7,"name":"A","credit_cost":1${more}}`);
    expect(readReport(report(',"x":1,"x":2'), 7)).toEqual({ name: 'A', cost: 100 });
    for (const more of [',"credit_cost":1', ',"credit_cost":2', ',"name":"A"', ',"id":7']) {
      expect(() => readReport(report(more), 7)).toThrow(/report 7.*occurs twice/);
    }
    const line = (more: string) => outcome(readMessageLines(inPieces(`{${MESSAGE}${more}}`, 99)), shown);
    expect(await line(',"x":1,"x":2')).toHaveLength(1);
    expect(String(await line(',"text":"a"'))).toMatch(/line 1.*key "text" occurs twice/);
    const rows = (more: string) => outcome(readPricedRows('p', inPieces(priced(more), 99)), ({ id }) => id);
    expect(await rows(',"x":1,"x":2')).toEqual([1]);
    expect(String(await rows(',"credits_used":1'))).toMatch(/line 1.*key "credits_used" occurs twice/);
    const document = (more: string) => outcome(readMessages(inPieces(`{"messages":[]${more}}`, 99)), shown);
    expect(await document(',"x":1,"x":2')).toEqual([]);
    expect(String(await document(',"total":0,"total":0'))).toContain('total: occurs twice');
  });
});
