import { Chalk } from 'chalk';
import Table from 'cli-table3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DrawnColumn, drawTable } from '../../src/format/table/draw.js';
import { shorten, textWidth } from '../../src/format/table/lines.js';
import { visible } from '../../src/format/text.js';

const chalk = new Chalk({ level: 1 });

/** The rows as cli-table3 draws them itself. */
function drawnByLibrary(rows: readonly string[][], columns: readonly DrawnColumn[]): string[] {
  const sides = ['top', 'bottom', 'left', 'right'];
  const corners = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left-mid', 'mid', 'mid-mid', 'right-mid'];
  const table = new Table({
    chars: { ...Object.fromEntries([...sides, ...corners, ...inner].map((name) => [name, ''])), middle: ' ' },
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: columns.map(({ width }) => width + 1),
    colAligns: columns.map(({ align }) => align),
  });
  for (const row of rows)
    table.push(row.map((text, index) => (columns[index]?.dim ? chalk.dim(text) : text)));
  return table.toString().split('\n');
}

/** Texts on whose width the string-width of cli-table3, which is an older one, agrees. */
const piece = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', '–', '5.20', '租户义务报告', 'e\u0301te\u0301', 'Ünïcode', '🚀'),
);
const cell = fc.oneof(
  fc.array(piece, { maxLength: 3 }).map((pieces) => visible(pieces.join(' '))),
  fc.constantFrom(chalk.red('added'), chalk.bold('–')),
);

test('rows are drawn as cli-table3 draws all of them in one table', () => {
  const table = fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 8 }),
      looks: fc.array(fc.record({ align: fc.constantFrom('left', 'right'), dim: fc.boolean() }), {
        minLength: count,
        maxLength: count,
      }),
      cut: fc.constantFrom(undefined, 8, 12),
    }),
  );
  fc.assert(
    fc.property(table, ({ rows: texts, looks, cut }) => {
      const isPainted = (text: string) => text.includes('\u001b');
      const rows = texts.map((row) =>
        row.map((text) => (cut === undefined || isPainted(text) ? text : shorten(text, cut))),
      );
      const columns = looks.map((look, index) => ({
        ...look,
        title: 'Title',
        width: Math.max(5, ...rows.map((row) => textWidth(row[index] ?? ''))),
      }));
      const lines = [...drawTable(rows, columns, chalk)].join('').split('\n');
      expect(lines.slice(2, -2)).toEqual(drawnByLibrary(rows, columns));
    }),
    { numRuns: 400 },
  );
});

test('a table of any length has a rule above and below its rows, and the totals last', () => {
  const columns: DrawnColumn[] = [{ title: 'Message', align: 'right', dim: false, width: 7 }];
  for (const count of [0, 1, 199, 200, 201, 400]) {
    const rows = Array.from({ length: count }, (_, index) => [`${index}`]);
    const plain = new Chalk({ level: 0 });
    const lines = [...drawTable(rows, columns, plain, ['sum'])].join('').split('\n');
    const rule = '─'.repeat(8);
    const expected = rows.map(([text = '']) => ` ${text.padStart(7)}`);
    expect(lines).toEqual([' Message', rule, ...expected, rule, '     sum', '']);
  }
});
