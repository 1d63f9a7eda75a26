import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { openTimeZone } from '../../src/calendar/time-zone.js';
import type { Message, ReportId } from '../../src/document/records.js';
import { parseAmount, ZERO } from '../../src/engine/index.js';
import { FIELDS, type FieldName, fieldsOf, writeRows } from '../../src/format/rows.js';
import { markdownRenderer } from '../../src/format/table/markdown.js';
import { typedRows } from '../../src/format/typed/columns.js';
import { parquetWriter } from '../../src/format/typed/parquet.js';
import { xlsxWriter } from '../../src/format/typed/xlsx.js';
import { fixedPrice, parseCreditPrice } from '../../src/rates/money.js';
import type { UsageItem } from '../../src/usage/pricing/priced-row.js';
import { readSheet } from './sheet.js';

const TIME = '2024-04-29T02:08:29.375Z';
const price = parseCreditPrice('0.0175');
const PRICES = price && fixedPrice(price, 'GBP');

interface Row {
  readonly id?: number | bigint;
  readonly timestamp?: string;
  readonly reportId?: ReportId;
  readonly name?: string;
  readonly credits?: string;
  readonly text?: string;
}

function itemOf({ id = 1, timestamp = TIME, reportId, name, credits = '1', text = '' }: Row): UsageItem {
  const message: Message = { id, timestamp, reportId, text };
  const amount = parseAmount(credits) ?? ZERO;
  return { message, report: name === undefined ? undefined : { name, cost: amount }, credits: amount };
}

async function written(
  format: 'xlsx' | 'parquet' | 'markdown',
  rows: readonly Row[],
  names: readonly FieldName[] = FIELDS,
  outOf?: number,
): Promise<Buffer> {
  const fields = fieldsOf(names, openTimeZone('UTC'), PRICES);
  const renderer =
    format === 'markdown'
      ? markdownRenderer(fields, { outOf: () => outOf, currency: PRICES?.currency })
      : typedRows(format === 'xlsx' ? xlsxWriter : parquetWriter, fields, () => outOf);
  const pieces: Buffer[] = [];
  const writer = {
    closed: false,
    write: (piece: string | Uint8Array) => void pieces.push(Buffer.from(piece)),
  };
  async function* batches() {
    for (let at = 0; at < rows.length; at += 1000) yield rows.slice(at, at + 1000).map(itemOf);
  }
  await writeRows(batches(), renderer, writer, new AbortController().signal, PRICES);
  return Buffer.concat(pieces);
}

const cellsOf = async (rows: readonly Row[], names?: readonly FieldName[], outOf?: number) =>
  readSheet(await written('xlsx', rows, names, outOf));

async function recordsOf(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = Uint8Array.from(bytes).buffer;
  // Of these the reader would make doubles and milliseconds.
  const metadata = parquetMetadata(file);
  const raw = metadata.schema.map(({ converted_type, logical_type, scale, precision, ...element }) => ({
    ...element,
    ...(converted_type === 'UTF8' && { converted_type }),
  }));
  return parquetReadObjects({ file, metadata: { ...metadata, schema: raw } });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '=1+1',
        '_x0041_',
        '_',
        'x000A_',
        '\r',
        '\n',
        '\t',
        ' ',
        '&lt;',
        '<t>',
        ']]>',
        '\ud800',
        '\0',
        '\ufffe',
      ),
    )
    .map((parts) => parts.join('')),
);
const anyInstant = fc
  .integer({ min: Date.UTC(0, 0, 1), max: Date.UTC(9999, 11, 31) })
  .map((time) => new Date(time).toISOString())
  .filter((text) => /^\d{4}-/.test(text));

describe('xlsx', () => {
  test('xlsx (numbers and times are numbers): values, formats, the header, the filter and the total', async () => {
    const rows = [
      { id: 7, reportId: 42, name: 'Lease', credits: '1234.5', text: 'a' },
      { id: 8, reportId: 'x', credits: '0.125', text: 'b' },
    ];
    const { rows: cells, sheet, workbook } = await cellsOf(rows, FIELDS, 5);
    const [head, first, second, total] = cells;
    expect([...(head?.values() ?? [])].map(({ value, bold }) => [value, bold])).toEqual(
      FIELDS.map((name) => [name, true]),
    );
    const instant = 'yyyy\\-mm\\-dd\\ hh:mm:ss.000';
    expect([...(first?.values() ?? [])].map(({ type, value, format }) => [type, value, format])).toEqual([
      ['number', '7', '1'],
      ['number', `${Date.parse(TIME) / 86_400_000 + 25_569}`, instant],
      ['text', 'Lease', '0'],
      ['number', '1234.5', '#,##0.00'],
      ['number', '42', '1'],
      ['text', 'report', '0'],
      ['number', '45411', 'yyyy\\-mm\\-dd'],
      ['number', '1', '1'],
      ['text', 'a', '0'],
      ['number', '21.60375', '#,##0.00000'],
      ['text', 'GBP', '0'],
    ]);
    expect(second?.get('D')).toMatchObject({ value: '0.125', format: '#,##0.000' });
    expect(second?.has('C')).toBe(false);
    expect(total?.get('A')).toMatchObject({ type: 'text', value: 'Total of 2 of 5 messages', bold: true });
    expect(total?.get('D')).toEqual({
      type: 'number',
      value: '1234.625',
      format: '#,##0.000',
      bold: true,
      formula: 'SUBTOTAL(109,D2:D3)',
    });
    expect(total?.get('J')).toMatchObject({ value: '21.6059375', formula: 'SUBTOTAL(109,J2:J3)' });
    expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(sheet).toContain('<autoFilter ref="A1:K3"/>');
    expect(workbook).toContain('usage!$A$1:$K$3');
  });

  test('xlsx (no digit is lost): what Excel would round is text, exactly', async () => {
    const asText = [
      { id: 1_000_000_000_000_000 },
      { id: 12_345_678_901_234_567_890n },
      { credits: '0.1234567890123456' },
      { credits: '12345678901234.56' },
      { credits: `0.${'0'.repeat(320)}1` },
      { timestamp: '2024-04-29T02:08:29.3751Z' },
      { timestamp: '2016-12-31T23:59:60Z' },
      { timestamp: '1900-02-28T23:59:59.999Z' },
      { timestamp: '0001-01-01T00:00:00Z' },
      { timestamp: '9999-12-31T23:59:59-01:00' },
    ];
    for (const row of asText) {
      const [[name, value] = []] = Object.entries(row);
      const { rows } = await cellsOf([row], ['message_id', 'timestamp', 'credits_used']);
      const cell = rows[1]?.get(name === 'id' ? 'A' : name === 'timestamp' ? 'B' : 'C');
      expect(cell, name).toMatchObject({ type: 'text', value: `${value}` });
      // A formula would leave the text out.
      if (name === 'credits') {
        expect(rows[2]?.get('C')).toMatchObject({ type: 'text', value });
        expect(rows[2]?.get('C')?.formula).toBeUndefined();
      }
    }
    const asNumbers: Row[] = [
      { id: 999_999_999_999_999 },
      { id: -5 },
      { credits: '123456789012345' },
      { timestamp: '1900-03-01T00:00:00Z' },
    ];
    for (const row of asNumbers) {
      const { rows } = await cellsOf([row], ['message_id', 'timestamp', 'credits_used']);
      expect([...(rows[1]?.values() ?? [])].map(({ type }) => type)).toEqual(['number', 'number', 'number']);
    }
  });

  test('xlsx (texts are texts): any name and text comes back, and none is a formula', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 6 }), async (texts) => {
        const { rows, sheet } = await cellsOf(
          texts.map((text) => ({ reportId: text, name: text, text })),
          ['report_name', 'text', 'report_id'],
        );
        const read = rows
          .slice(1, -1)
          .map((cells) => [cells.get('A')?.value ?? '', cells.get('B')?.value ?? '']);
        expect(read).toEqual(texts.map((text) => [text.toWellFormed(), text.toWellFormed()]));
        expect(sheet).not.toContain('<f>');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has none of them
        expect(sheet).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/);
      }),
      { numRuns: 200 },
    );
  });

  test('xlsx (times are exact): any millisecond is the nearest number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyInstant, { minLength: 1, maxLength: 20 }), async (times) => {
        const { rows } = await cellsOf(
          times.map((timestamp) => ({ timestamp })),
          ['timestamp'],
        );
        for (const [index, time] of times.entries()) {
          const { type, value } = rows[index + 1]?.get('A') ?? {};
          if (type === 'text') expect([value, time < '1900-03']).toEqual([time, true]);
          else expect(Math.round((Number(value) - 25_569) * 86_400_000)).toBe(Date.parse(time));
        }
      }),
    );
  });

  test('xlsx (a limit of Excel is an error): texts of a cell, rows of a sheet', async () => {
    const most = 'x'.repeat(32_767);
    expect((await cellsOf([{ text: most }], ['text'])).rows[1]?.get('A')?.value).toBe(most);
    await expect(written('xlsx', [{ id: 3, text: `${most}x` }], ['text'])).rejects.toMatchObject({
      code: 'bad_data',
      message: 'message 3: text: has 32768 characters, and an Excel cell holds 32767; use another format',
    });
    const sheet = xlsxWriter<number>({ name: 'usage', columns: [], where: (row) => `message ${row}` });
    const rows = Array.from({ length: 1_048_575 }, (_, index) => index);
    expect(() => sheet.rows(rows)).toThrow(
      'message 1048574: an Excel sheet ends at 1048574 messages; use --csv or --parquet, or --limit and --offset',
    );
  });

  test('xlsx (no message): a header and a total of 0', async () => {
    const { rows, sheet } = await cellsOf([], ['message_id', 'credits_used']);
    expect(rows).toHaveLength(2);
    expect(rows[1]?.get('B')).toMatchObject({ type: 'number', value: '0' });
    expect(sheet).toContain('<autoFilter ref="A1:B1"/>');
  });
});

describe('parquet', () => {
  test('parquet (types): integers, decimals, instants and days as such', async () => {
    const bytes = await written('parquet', [
      { id: 7, reportId: 42, name: 'Lease', credits: '1234.5' },
      { id: 8, text: 'b' },
    ]);
    const { schema, num_rows } = parquetMetadata(Uint8Array.from(bytes).buffer);
    expect(num_rows).toBe(2n);
    expect(
      schema.slice(1).map(({ name, type, converted_type, scale }) => [name, type, converted_type, scale]),
    ).toEqual([
      ['message_id', 'INT64', undefined, undefined],
      ['timestamp', 'INT64', 'TIMESTAMP_MICROS', undefined],
      ['report_name', 'BYTE_ARRAY', 'UTF8', undefined],
      ['credits_used', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL', 18],
      ['report_id', 'BYTE_ARRAY', 'UTF8', undefined],
      ['kind', 'BYTE_ARRAY', 'UTF8', undefined],
      ['date', 'INT32', 'DATE', undefined],
      ['characters', 'INT64', undefined, undefined],
      ['text', 'BYTE_ARRAY', 'UTF8', undefined],
      ['cost', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL', 18],
      ['currency', 'BYTE_ARRAY', 'UTF8', undefined],
    ]);
    expect(schema[2]?.logical_type).toEqual({ type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' });
    const [first, second] = await recordsOf(bytes);
    expect(first).toMatchObject({
      message_id: 7n,
      timestamp: BigInt(Date.parse(TIME)) * 1000n,
      report_name: 'Lease',
      report_id: '42',
      kind: 'report',
      date: 19_842,
      currency: 'GBP',
    });
    expect(second).toMatchObject({ text: 'b', characters: 1n });
    expect(second?.report_name ?? null).toBeNull();
  });

  test('parquet (exact): any ids, texts, instants and amounts come back', async () => {
    const anyRow = fc.record({
      id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      name: anyText,
      text: anyText,
      timestamp: fc
        .tuple(anyInstant, fc.nat(999))
        .map(([time, micros]) => time.replace('Z', `${`${micros}`.padStart(3, '0')}Z`)),
      whole: fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }),
      fraction: fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map((digits) => `${digits}`.padStart(18, '0')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (rows) => {
        const records = await recordsOf(
          await written(
            'parquet',
            rows.map(({ whole, fraction, ...row }) => ({ ...row, credits: `${whole}.${fraction}` })),
            ['message_id', 'timestamp', 'report_name', 'credits_used', 'text'],
          ),
        );
        for (const [index, row] of rows.entries()) {
          const { message_id, timestamp, report_name, credits_used, text } = records[index] ?? {};
          const micros =
            BigInt(Date.parse(`${row.timestamp.slice(0, 23)}Z`)) * 1000n +
            BigInt(row.timestamp.slice(23, 26));
          expect([message_id, timestamp, report_name, text]).toEqual([
            row.id,
            micros,
            row.name.toWellFormed(),
            row.text.toWellFormed(),
          ]);
          const digits = credits_used instanceof Uint8Array ? Buffer.from(credits_used).toString('hex') : '';
          expect(BigInt(`0x${digits}`)).toBe(BigInt(`${row.whole}${row.fraction}`));
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    [{ id: 2n ** 63n }, 'message_id: 9223372036854775808 does not fit'],
    [{ credits: `0.${'1'.repeat(19)}` }, 'credits_used: 0.1111111111111111111 does not fit'],
    [{ credits: '1'.repeat(21) }, 'credits_used: 111111111111111111111 does not fit'],
    [{ timestamp: '2024-04-29T02:08:29.1234567Z' }, 'timestamp: 2024-04-29T02:08:29.1234567Z does not fit'],
    [{ timestamp: '2016-12-31T23:59:60Z' }, 'timestamp: 2016-12-31T23:59:60Z does not fit'],
  ] as const)('parquet (never silently cut): %o is an error', async (row, message) => {
    const writing = written('parquet', [row], ['message_id', 'timestamp', 'credits_used']);
    await expect(writing).rejects.toMatchObject({ code: 'bad_data' });
    await expect(writing).rejects.toThrow(message);
  });

  test('parquet (streams): row groups of 50,000, or fewer long texts', async () => {
    const rows = Array.from({ length: 120_000 }, (_, id) => ({ id }));
    const groups = (bytes: Buffer) =>
      parquetMetadata(Uint8Array.from(bytes).buffer).row_groups.map(({ num_rows }) => Number(num_rows));
    expect(groups(await written('parquet', rows, ['message_id']))).toEqual([50_000, 50_000, 20_000]);
    const long = Array.from({ length: 20 }, (_, id) => ({ id, text: 'x'.repeat(1_000_000) }));
    expect(groups(await written('parquet', long, ['text']))).toEqual([9, 9, 2]);
    expect(groups(await written('parquet', [], ['text']))).toEqual([]);
  });
});

describe('markdown', () => {
  test('markdown (texts are texts): nothing of a name is markup, a mention or a link', async () => {
    const cases: [string, string][] = [
      ['a|b', 'a\\|b'],
      ['a\\|b', 'a\\\\\\|b'],
      ['`x` *y* _z_ ~s~ $m$', '\\`x\\` \\*y\\* \\_z\\_ \\~s\\~ \\$m\\$'],
      ['[l](http://e.org)', '\\[l\\](http:&#8203;//e.org)'],
      ['www.example.org', 'www&#8203;.example.org'],
      ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
      ['@octo/team a@b.org', '@&#8203;octo/team a@&#8203;b.org'],
      ['#12 GH-12 :tada: 08:14:05', '#&#8203;12 GH-&#8203;12 :&#8203;tada: 08:14:05'],
      ['two\nlines\u202e', 'two\\\\nlines\\\\u{202e}'],
    ];
    const lines = (
      await written(
        'markdown',
        cases.map(([name]) => ({ name })),
        ['report_name'],
      )
    )
      .toString()
      .split('\n');
    expect(lines.slice(2, -3)).toEqual(cases.map(([, cell]) => `| ${cell} |`));
  });

  test('markdown (totals): the rows shown, out of all, and what they cost', async () => {
    const rows = [{ credits: '1234.5' }, { id: 1_000_000, credits: '0.05' }];
    expect((await written('markdown', rows, ['message_id', 'credits_used', 'cost'], 1200)).toString()).toBe(
      [
        '| Message | Credits | Cost GBP |',
        '| ---: | ---: | ---: |',
        '| 1 | 1,234.5 | 21.60375 |',
        '| 1000000 | 0.05 | 0.000875 |',
        '',
        '**Total:** 2 of 1,200 messages, 1,234.55 credits, 21.60 GBP, rounded from 21.604625',
        '',
      ].join('\n'),
    );
  });
});
