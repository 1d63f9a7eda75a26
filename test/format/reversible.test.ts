import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTimeZone } from '../../src/calendar/time-zone.js';
import { READABLE_FORMATS, readExport } from '../../src/document/export.js';
import { readReport } from '../../src/document/messages.js';
import type { ExportRow } from '../../src/document/records.js';
import type { DelimitedOptions } from '../../src/format/data/dialect.js';
import { FORMATS } from '../../src/format/formats.js';
import { fieldsOf } from '../../src/format/rows.js';
import type { UsageItem } from '../../src/usage/pricing/priced-row.js';
import { createTotals } from '../../src/usage/pricing/sums.js';

const TIME = '2024-04-29T02:08:29.375Z';
const FIELDS = fieldsOf(
  ['message_id', 'timestamp', 'report_name', 'credits_used', 'report_id', 'kind'],
  openTimeZone('UTC'),
);

/** Pieces of which readers of CSV, TSV and JSON, and spreadsheets, make something else. */
const TELLING = [
  "'",
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  '"',
  ',',
  ';',
  '|',
  '\\',
  't',
  'n',
  ' ',
  '\uFEFF',
];
const anyText = fc.oneof(
  fc
    .array(fc.constantFrom(...TELLING, 'a', '1', '\ud800', '\udc00', '東'), { maxLength: 8 })
    .map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
);
const anyOptions = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', '#', '!', '~'),
  bom: fc.boolean(),
  formulaGuard: fc.boolean(),
});

/** A message whose report has that name, read as upstream writes it. */
function itemOf(name: string, index: number): UsageItem {
  const id = index % 2 === 0 ? index : `${name.toWellFormed()}!`;
  const document = JSON.stringify({ id, name, credit_cost: 1.5 });
  const report = readReport(Buffer.from(document), id);
  return { message: { id: index, timestamp: TIME, reportId: id, text: '' }, report, credits: report.cost };
}

async function written(
  format: (typeof READABLE_FORMATS)[number],
  items: readonly UsageItem[],
  options: DelimitedOptions,
): Promise<Buffer> {
  const newRenderer = await FORMATS[format].rows({ ...options, fields: FIELDS, outOf: () => undefined });
  const renderer = newRenderer();
  const pieces = [renderer.head(), renderer.rows(items), ...renderer.tail(createTotals().value())];
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

async function readBack(bytes: Uint8Array): Promise<ExportRow[]> {
  const rows: ExportRow[] = [];
  async function* all() {
    yield bytes;
  }
  for await (const batch of readExport('bill', all())) rows.push(...batch);
  return rows;
}

test.each(READABLE_FORMATS)(
  'fault B7 fault B8 fault B13 (a format read back gives the texts): any names and ids, with any options, %s',
  async (format) => {
    // A cell does not say whether an id is a number.
    const idOf = (index: number) => (format === 'json' || format === 'ndjson' ? index : `${index}`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyText, { minLength: 1, maxLength: 5 }),
        anyOptions,
        async (names, options) => {
          const rows = await readBack(await written(format, names.map(itemOf), options));
          expect(rows.map(({ reportName = '' }) => reportName)).toEqual(
            names.map((name) => name.toWellFormed()),
          );
          expect(rows.map(({ reportId }) => reportId)).toEqual(
            names.map((name, index) => (index % 2 === 0 ? idOf(index) : `${name.toWellFormed()}!`)),
          );
          expect(rows.every(({ credits, timestamp }) => credits === 150 && timestamp === TIME)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  },
);

test('fault B7 (the formula guard): no cell begins as a formula, whatever the name, and TSV keeps one row a line', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { maxLength: 5 }), async (names) => {
      const items = names.map(itemOf);
      const options = { delimiter: ',', bom: false, formulaGuard: true };
      const tsv = (await written('tsv', items, options)).toString();
      const lines = tsv.split('\n');
      expect(lines).toHaveLength(names.length + 2);
      for (const line of lines.slice(0, -1)) {
        const cells = line.split('\t');
        expect(cells).toHaveLength(6);
        for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\r"]/);
      }
      const csv: string[][] = parse(await written('csv', items, options), { record_delimiter: '\r\n' });
      for (const cell of csv.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
