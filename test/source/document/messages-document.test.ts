import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMessages } from '../../../src/document/messages.js';
import { DataError } from '../../../src/errors.js';

const TIME = '2024-04-29T02:08:29.375Z';

async function* inPieces(document: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(document);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(document: string | Uint8Array, size = 1 << 16) {
  const messages = [];
  for await (const batch of readMessages(inPieces(document, size))) {
    messages.push(
      ...batch.map((message) => ({
        id: message.id,
        timestamp: message.timestamp,
        text: message.text,
        reportId: message.reportId,
      })),
    );
  }
  return messages;
}

async function problem(document: string | Uint8Array, size?: number): Promise<string> {
  const error = await read(document, size).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error instanceof DataError ? error.message : '';
}

const one = (more: string) => `{"messages":[{"id":1,"timestamp":"${TIME}","text":"a"${more}}]}`;

describe('readMessages', () => {
  test('gives the same messages wherever the bytes are cut', async () => {
    const document = Buffer.from(
      `\uFEFF { "before" : {"a":[1,{"b":"}]"}]} , "messages" : [ {"text":"plain","timestamp":"${TIME}","report_id":5392,"id":1000},
        {"id":9007199254740993,"text":"esc \\"q\\" \\u00e9 \\ud83d\\ude00 \\\\","timestamp":"2024-04-29T02:08:29+02:00","report_id":null},
        {"text":"東京 é 🟡 end","more":{"deep":[1,2,{"x":null}]},"timestamp":"${TIME}","id":-7,"report_id":"a/b"} ],
        "after":[1.5e3,true,null,"\\u2028"]}\n`,
    );
    const expected = [
      { id: 1000, timestamp: TIME, text: 'plain', reportId: 5392 },
      {
        id: 9007199254740993n,
        timestamp: '2024-04-29T02:08:29+02:00',
        text: 'esc "q" é 😀 \\',
        reportId: undefined,
      },
      { id: -7, timestamp: TIME, text: '東京 é 🟡 end', reportId: 'a/b' },
    ];
    for (let size = 1; size <= document.length; size++) expect(await read(document, size)).toEqual(expected);
  });

  test('reads what JSON.stringify writes, whatever the texts and the chunks', async () => {
    const message = fc.record(
      {
        id: fc.maxSafeInteger(),
        timestamp: fc
          .date({
            min: new Date('0000-01-01T00:00:00Z'),
            max: new Date('9999-12-31T00:00:00Z'),
            noInvalidDate: true,
          })
          .map((date) => date.toISOString()),
        text: fc.string({
          unit: fc.oneof(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
            fc.constantFrom('"', '\\', '\n', '\ud83d', 'é'),
          ),
        }),
        report_id: fc.oneof(fc.maxSafeInteger(), fc.string({ minLength: 1 }), fc.constant(null)),
      },
      { requiredKeys: ['id', 'timestamp', 'text'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(message),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(undefined, 1),
        async (messages, size, space) => {
          const expected = messages.map(({ id, timestamp, text, report_id }) => ({
            id: id === 0 ? 0 : id,
            timestamp,
            text,
            reportId: report_id ?? undefined,
          }));
          expect(await read(JSON.stringify({ messages }, null, space), size)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('agrees with JSON.parse on what is JSON, with one character of a document changed', async () => {
    const document = `{"x":[1,"a"],"messages":[${'{"id":12,"timestamp":"2024-04-29T02:08:29Z","text":"a b","report_id":7},'.repeat(2)}{"id":3,"text":"\\n","timestamp":"2024-04-29T02:08:29Z"}],"y":{}}`;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(document.length - 1),
        fc.constantFrom('', '"', '}', ']', ',', ':', '{', '[', '\\', '0', '-', '.', 'e', 'x', ' ', '\u0001'),
        async (at, character) => {
          const changed = document.slice(0, at) + character + document.slice(at + 1);
          let valid = true;
          try {
            JSON.parse(changed);
          } catch {
            valid = false;
          }
          // What is JSON may still be wrong as messages, but what is no JSON is never taken.
          if (!valid) await problem(changed);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['', 'the messages document: is empty'],
    ['<html>', 'expected {, got "<'],
    ['[]', 'expected {'],
    ['{}', 'messages: is missing'],
    ['{"messages":{}}', 'messages: is not an array'],
    ['{"messages":""}', 'messages: is not an array'],
    ['{"messages":[],"messages":[]}', 'messages: occurs twice'],
    ['{"messages":[]', 'ends early, after 0 messages'],
    [`${one('')}x`, '"x" follows the end'],
    [one('').slice(0, -1), 'ends early, after 1 messages'],
    ['{"messages":[],}', 'expected a key'],
    ['{"messages":[1]}', 'messages[0]: is not an object'],
    ['{"messages":[null]}', 'messages[0]: is not an object'],
    ['{"messages":[{}]}', 'messages[0]: id: is missing'],
    ['{"messages":[{"id":1.5}]}', 'messages[0]: id: expected an integer, got 1.5'],
    ['{"messages":[{"id":"1"}]}', 'messages[0]: id: expected an integer, got a string'],
    ['{"messages":[{"id":1}]}', 'message 1: text: is missing'],
    ['{"messages":[{"id":1,"text":null}]}', 'message 1: text: expected a string, got null'],
    ['{"messages":[{"id":1,"text":""}]}', 'message 1: timestamp: is missing'],
    [
      '{"messages":[{"id":1,"text":"","timestamp":"2024-02-30T00:00:00Z"}]}',
      'message 1: timestamp: "2024-02-30T00:00:00Z" is not',
    ],
    [one(',"report_id":1.5'), 'message 1: report_id: expected an integer, a string or null, got 1.5'],
    [one(',"report_id":true'), 'report_id: expected an integer, a string or null, got true'],
    [one(',"report_id":""'), 'report_id: expected an integer, a string or null, got an empty string'],
    [one(',"id":2'), 'messages[0]: is not valid JSON: key "id" occurs twice'],
    ['{"has_more":true,"messages":[]}', 'is one page of several (has_more is true)'],
    ['{"messages":[],"next":"/page/2"}', 'is one page of several (next names a further page)'],
    ['{"total":50,"messages":[]}', 'says total is 50, but it holds 0 messages'],
    ['{"messages":[],"next_page":2}', 'is one page of several (next_page names a further page)'],
    [
      '{"messages":[],"@odata.nextLink":"x"}',
      'is one page of several (@odata.nextLink names a further page)',
    ],
    ['{"nextPageToken":"x","messages":[]}', 'is one page of several (nextPageToken names a further page)'],
    ['{"messages":[],"hasMore":true}', 'is one page of several (hasMore is true)'],
    ['{"messages":[],"links":{"self":"a","next":"b"}}', '(links.next names a further page)'],
    ['{"messages":[],"_links":{"next":{"href":"b"}}}', '(_links.next names a further page)'],
    ['{"messages":[],"meta":{"pagination":{"hasNextPage":true}}}', '(meta.pagination.hasNextPage is true)'],
    ['{"messages":[],"pagination":{"total":500}}', 'says pagination.total is 500, but it holds 0 messages'],
    [
      '{"meta":{"page":{"totalElements":7}},"messages":[]}',
      'says meta.page.totalElements is 7, but it holds 0',
    ],
    ['{"messages":[],"meta":{"page":1,"total_pages":3}}', 'is one page of several (meta.total_pages is 3)'],
    ['{"page":3,"pages":3,"messages":[]}', 'is one page of several (pages is 3)'],
    ['{"messages":[],"last":false}', 'is one page of several (last is false)'],
    ['{"messages":[],"links":[{"rel":"self"},{"rel":"next"}]}', '(links names a further page)'],
    ['{"messages":[],"totalCount":1}', 'says totalCount is 1, but it holds 0 messages'],
    ['{"messages":[],"links":{},"links":{}}', 'links: occurs twice'],
  ])('refuses %s', async (document, expected) => {
    expect(await problem(document)).toContain(expected);
    expect(await problem(document, 1)).toContain(expected);
  });

  test('refuses bytes that are not UTF-8 and says where', async () => {
    const bytes = Buffer.from('{"messages":[]}  ');
    bytes[16] = 0xff;
    expect(await problem(bytes)).toBe('the messages document: invalid UTF-8 at byte 16');
    expect(await problem(bytes, 1)).toBe('the messages document: invalid UTF-8 at byte 16');
    expect(await problem(Buffer.from('{"messages":[]}', 'utf16le'))).toContain('expected a key');
    expect(
      await problem(Buffer.concat([Buffer.from('{"messages":[]}'), Buffer.from([0xe6, 0x9d])])),
    ).toContain('invalid UTF-8 at byte 15');
  });

  test('refuses nesting without end, at once', async () => {
    expect(await problem(`{"x":${'['.repeat(10_000_000)}`)).toContain('nests deeper than 500 levels');
    expect(await problem(`{"messages":[{"id":1,"x":${'['.repeat(600)}${']'.repeat(600)}}]}`)).toContain(
      'messages[0]: nests deeper than 500 levels',
    );
  });

  test('prices a message of 50 MB, in time that grows with its length only', async () => {
    const text = 'a"'.repeat(1_000_000);
    const [message] = await read(JSON.stringify({ messages: [{ id: 1, timestamp: TIME, text }] }));
    expect(message?.text.length).toBe(2_000_000);
    const plain = 'ab '.repeat(16_000_000);
    const [other] = await read(JSON.stringify({ messages: [{ id: 1, timestamp: TIME, text: plain }] }));
    expect(other?.text.length).toBe(48_000_000);
  });

  test('names the limit where one value is too long', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"messages":[{"id":1,"junk":"');
      const chunk = Buffer.alloc(1 << 20, 'x');
      while (true) yield chunk;
    }
    const reading = async () => {
      for await (const _ of readMessages(endless()));
    };
    await expect(reading()).rejects.toThrow('messages[0]: is longer than 64 MiB');
  });

  test('takes an object of 200,000 keys', async () => {
    const keys = Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',');
    const document = `{"x":{${keys}},"messages":[{"id":1,"timestamp":"${TIME}","text":"a","x":{${keys}}}]}`;
    expect(await read(document)).toHaveLength(1);
  });
});
