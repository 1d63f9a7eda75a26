import type { Summary } from '../usage/summarise.js';
import { type CsvOptions, textCellWriter } from './csv.js';
import { summaryFieldNames, summaryFields } from './summary-fields.js';

/** The groups as CSV, in the dialect of `usage`. */
export function* summaryCsv(summary: Summary, options: CsvOptions): Generator<string> {
  const { delimiter, bom } = options;
  const textCell = textCellWriter(options);
  yield `${bom ? '\uFEFF' : ''}${summaryFieldNames(summary.by).join(delimiter)}\r\n`;
  for (const group of summary.groups) {
    const cells = summaryFields(group, summary).map(({ value = '', type }) =>
      type === 'number' ? value : textCell(value),
    );
    yield `${cells.join(delimiter)}\r\n`;
  }
}
