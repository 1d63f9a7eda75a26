import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readExport } from '../../../src/document/export.js';
import type { ExportRow } from '../../../src/document/records.js';
import { formatAmount } from '../../../src/engine/index.js';

async function* cutInto(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, size = 1024, name = 'old'): Promise<ExportRow[]> {
  const rows: ExportRow[] = [];
  for await (const batch of readExport(name, cutInto(text, size))) rows.push(...batch);
  return rows;
}

const brief = (rows: readonly ExportRow[]) =>
  rows.map(({ id, timestamp, reportName, credits }) => [id, timestamp, reportName, formatAmount(credits)]);

const T = '2024-04-29T02:08:29.375Z';
const ROWS = [
  [1, T, 'Tenant "A", = 日本', '79'],
  [2, T, undefined, '5.2'],
  [9007199254740993n, T, '=SUM(A1)', '0.0000001'],
  [-4, T, '-', '100000000000000000000.5'],
];
const ITEMS = [
  `{"message_id":1,"timestamp":"${T}","report_name":"Tenant \\"A\\", = 日本","credits_used":79}`,
  `{"message_id":2,"timestamp":"${T}","credits_used":5.2}`,
  `{"message_id":9007199254740993,"timestamp":"${T}","report_name":"=SUM(A1)","credits_used":0.0000001}`,
  `{"message_id":-4,"timestamp":"${T}","report_name":"-","credits_used":100000000000000000000.5}`,
];
const JSON_EXPORT = `{"usage":[\n${ITEMS.join(',\n')}\n]}\n`;
const NDJSON_EXPORT = `${ITEMS.join('\n')}\n`;
const csvExport = (delimiter: string) =>
  [
    ['message_id', 'timestamp', 'report_name', 'credits_used'],
    ['1', T, '"Tenant ""A"", = 日本"', '79'],
    ['2', T, '', '5.2'],
    ['9007199254740993', T, "'=SUM(A1)", '0.0000001'],
    ['-4', T, "'-", '100000000000000000000.5'],
  ]
    .map((cells) => `${cells.join(delimiter)}\r\n`)
    .join('');

describe('every format gives the same rows, wherever the chunks are cut', () => {
  test.each([
    ['JSON', JSON_EXPORT],
    [
      'JSON in another layout',
      JSON.stringify({ note: { usage: [] }, usage: [] }, null, 2).replace(
        '"usage": []\n}',
        `"usage" : [ ${ITEMS.join(' , ')} ]}`,
      ),
    ],
    ['JSON with a BOM', `\uFEFF${JSON_EXPORT}`],
    ['NDJSON', NDJSON_EXPORT],
    ['NDJSON with CRLF and no end of the last line', NDJSON_EXPORT.trimEnd().replaceAll('\n', '\r\n')],
    ['CSV', csvExport(',')],
    ['CSV with ; and a BOM', `\uFEFF${csvExport(';')}`],
    ['CSV with tabs and LF', csvExport('\t').replaceAll('\r\n', '\n')],
  ])('%s', async (_, text) => {
    for (const size of [1, 7, 64, 4096]) expect(brief(await read(text, size))).toEqual(ROWS);
  });

  test('fields in another order, and some left out', async () => {
    const items = '{"kind":"missing-report","credits_used":1.50,"report_id":7,"message_id":3}\n';
    const csv = 'kind,credits_used,report_id,message_id\nmissing-report,1.50,7,3\n';
    for (const text of [items, `{"usage":[${items}]}`, csv]) {
      const [row] = await read(text);
      expect(row).toMatchObject({ id: 3, credits: 150, kind: 'missing-report' });
      expect(`${row?.reportId}`).toBe('7');
      expect(row?.timestamp).toBeUndefined();
    }
  });

  test('empty periods', async () => {
    expect(await read('{"usage":[]}\n')).toEqual([]);
    expect(await read('message_id,timestamp,report_name,credits_used\r\n')).toEqual([]);
    expect(await read('', 1, 'april.ndjson')).toEqual([]);
  });

  test('rows that JSON writes are read back exactly', async () => {
    const row = fc.record({
      message_id: fc.maxSafeInteger(),
      timestamp: fc.constant(T),
      report_name: fc.string({ unit: 'grapheme', minLength: 1 }),
      credits_used: fc.nat().map((hundredths) => hundredths / 100),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const expected = rows.map((each) => [
            each.message_id,
            each.timestamp,
            each.report_name,
            String(each.credits_used),
          ]);
          expect(brief(await read(JSON.stringify({ usage: rows }), size))).toEqual(expected);
          const lines = rows.map((each) => `${JSON.stringify(each)}\n`).join('');
          expect(brief(await read(lines, size))).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('what is no whole export is refused', () => {
  test.each([
    ['', 'old: is empty'],
    [' \n', 'old: is empty'],
    [' Message  Timestamp   Credits\n────\n', 'old: is a table'],
    ['<!DOCTYPE html>', 'old: is no export of o-copilot'],
    ['id,name\r\n1,x\r\n', 'old: is no export of o-copilot'],
    ['day,messages,credits,share\r\n', 'old: is no export of o-copilot'],
    ['{"messages":[]}', 'old: usage: is missing'],
    ['{"usage":{}}', 'old: usage: is not an array'],
    [JSON_EXPORT.slice(0, -4), 'old: ends early, after 4 rows'],
    [`${JSON_EXPORT}{}`, 'follows the end of the JSON'],
    [NDJSON_EXPORT.slice(0, -4), 'old, row 4: is not valid JSON'],
    ['{"message_id":1,"credits_used":-1}\n', 'old, message 1: credits_used: expected a number'],
    ['{"message_id":1,"credits_used":"1"}\n', 'old, message 1: credits_used: expected a number'],
    ['{"message_id":1,"credits_used":1..2}\n', 'old, row 1: is not valid JSON'],
    ['{"message_id":01,"credits_used":1}\n', 'old, row 1: is not valid JSON'],
    ['{"message_id":1.5,"credits_used":1}\n', 'old, row 1: message_id: expected an integer, got 1.5'],
    ['{"message_id":1,"message_id":2,"credits_used":1}\n', 'occurs twice'],
    [csvExport(',').slice(0, -5), 'old: ends in the middle of a line'],
    ['message_id,credits_used\r\n1,2,3\r\n', 'old: Invalid Record Length'],
    ['message_id,credits_used\r\n1,"2\r\n', 'old: Quote Not Closed'],
    ['message_id,credits_used\r\n1,1e\r\n', 'old, message 1: credits_used: "1e" is no amount'],
    ['message_id,credits_used\r\nx,1\r\n', 'old, row 1: message_id: "x" is no integer'],
    ['message_id,credits_used,credits_used\r\n', 'old: the column credits_used occurs twice'],
  ])('refuses %j: %s', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text, 1)).rejects.toThrow(message);
  });

  test('bytes that are no UTF-8', async () => {
    for (const head of ['{"usage":[{"message_id":1,"report_name":"', 'message_id,credits_used\r\n1,']) {
      const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]);
      await expect(read(bytes)).rejects.toThrow('invalid UTF-8');
    }
  });
});
