import { secondText } from '../../calendar/instant.js';
import { compareAmounts, formatAmount } from '../../engine/index.js';
import { invoiceTotal } from '../../rates/money.js';
import type { Change, Comparison, HistoryPeriod } from '../../usage/history/history.js';
import { proportion } from '../../usage/pricing/sums.js';
import { groupThousands } from '../amounts.js';
import { type HistoryResult, monthText } from '../documents/history.js';
import { alignAmounts, type Column, cellsIn } from '../table/draw.js';
import {
  historyNotes,
  moverColumns,
  partColumns,
  percentCell,
  periodColumns,
  rulesInWords,
  spanText,
  toDateParts,
  totalCells,
} from '../table/history-table.js';
import { escapeHtml, visible } from '../text.js';

/** A history as one self-contained page without a script: a chart, and the tables of the terminal. */
export function* historyPage(result: HistoryResult): Generator<string> {
  const { history, comparison, timezone, currency } = result;
  const { periods, total } = history;
  const last = periods.at(-1)?.month ?? 0;
  const title = `Usage history, ${spanText(periods)}`;
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;
  yield `<title>${title}</title>\n<style>\n${STYLE}</style>\n</head>\n<body>\n<main>\n<h1>${title}</h1>\n`;
  yield `<p class="soft">As of ${secondText(result.asOf)}, days in ${escapeHtml(timezone)}. Rules: ${escapeHtml(visible(rulesInWords(result)))}</p>\n`;
  yield chart(periods);
  const columns = periodColumns(currency);
  const totals = totalCells(total, currency);
  if (currency !== undefined) {
    columns.splice(-1, 0, invoiceColumn(currency));
    totals.splice(-1, 0, '');
  }
  columns.push({ title: 'From', cell: ({ input }) => visible(input.name) });
  yield table('Periods', columns, periods, totals);
  if (comparison !== undefined) yield compared(comparison, last, currency);
  const notes = historyNotes(result);
  if (notes.length > 0) {
    yield section('Notes', `<ul>\n${notes.map((note) => `<li>${escapeHtml(note)}</li>\n`).join('')}</ul>\n`);
  }
  yield '</main>\n</body>\n</html>\n';
}

/** What is paid for a period: a total of several is on no invoice. */
const invoiceColumn = (currency: string): Column<HistoryPeriod> => ({
  title: 'Invoice',
  holds: 'number',
  cell: ({ input: { sums } }) =>
    sums.total.cost === undefined ? '–' : groupThousands(invoiceTotal(sums.total.cost, currency).amount),
});

function compared(comparison: Comparison, last: number, currency: string | undefined): string {
  const { toDate, change, movers } = comparison;
  const all = [...movers.increases, ...movers.decreases];
  const heading = `What changed most, in credits${toDate === undefined ? '' : ', to date'}`;
  const most =
    all.length === 0
      ? section(heading, '<p>No report changed.</p>\n')
      : table(heading, moverColumns(last), all);
  if (toDate === undefined) return most;
  const title = 'This period to date against the same days of the last';
  const totals = ['Change', ...percentCells(change, currency)];
  return table(title, partColumns(currency), toDateParts(comparison, last), totals) + most;
}

function percentCells({ percent }: Change, currency: string | undefined): string[] {
  const { messages, credits, cost } = percent;
  return [messages, credits, ...(currency === undefined ? [] : [cost])].map(percentCell);
}

/** Bars of credits, the figures beside them. */
function chart(periods: readonly HistoryPeriod[]): string {
  const amounts = periods.map(({ input }) => input.sums.total.credits);
  const most = amounts.reduce((a, b) => (compareAmounts(a, b) > 0 ? a : b));
  const bars = periods.map(({ month, state, input }) => {
    const { credits } = input.sums.total;
    const percent = proportion(credits, most, 1000) / 10;
    return `<dt>${monthText(month)}</dt><dd><i class="${state}" style="width:${percent}%"></i></dd><dd>${groupThousands(formatAmount(credits))} credits</dd>\n`;
  });
  return `<section>\n<h2>Credits by period</h2>\n<dl>\n${bars.join('')}</dl>\n</section>\n`;
}

function section(title: string, content: string): string {
  return `<section>\n<h2>${title}</h2>\n${content}</section>\n`;
}

/** Arrows scroll it where it is wider than the window, once the Tab key is there. */
function table<Row>(
  title: string,
  columns: readonly Column<Row>[],
  items: readonly Row[],
  totals?: string[],
): string {
  const rows = items.map(cellsIn(columns));
  alignAmounts(totals === undefined ? rows : [...rows, totals], columns);
  const row = (cells: readonly string[], tag = 'td') => {
    const all = columns.map((_, index) => `<${tag}>${escapeHtml(cells[index] ?? '')}</${tag.slice(0, 2)}>`);
    return `<tr>${all.join('')}</tr>`;
  };
  const head = row(
    columns.map(({ title }) => title),
    'th scope="col"',
  );
  const foot = totals === undefined ? '' : `<tfoot>${row(totals)}</tfoot>\n`;
  const body = rows.map((cells) => `${row(cells)}\n`).join('');
  const content = `<table>\n<thead>${head}</thead>\n<tbody>\n${body}</tbody>\n${foot}</table>`;
  return section(
    title,
    `<div class="wide" role="region" aria-label="${title}" tabindex="0">${content}</div>\n`,
  );
}

/** The colours of the page of a bill. */
const STYLE = `:root { color-scheme: light dark; --ground: #f7f7f5; --panel: #fff; --ink: #1b1f24; --soft: #5b636d; --line: #e3e4e1; --accent: #0b6bb0; --open: #8ab8db;
  font: 15px / 1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; background: var(--ground); color: var(--ink) }
@media (prefers-color-scheme: dark) { :root { --ground: #111418; --panel: #191d23; --ink: #e8eaed; --soft: #a0a8b3; --line: #2b313a; --accent: #6cb8ef; --open: #33566f } }
body { margin: 0 }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px }
h1 { font-size: 24px; margin: 0 }
h2 { font-size: 16px; margin: 0 0 8px }
.soft { color: var(--soft); margin: 0 0 24px }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin: 0 0 16px; box-sizing: border-box }
dl { display: grid; grid-template-columns: auto 1fr auto; gap: 8px 12px; align-items: center; margin: 0 }
dd { margin: 0; font-variant-numeric: tabular-nums; text-align: right }
i { display: block; height: 24px; min-width: 1px; border-radius: 3px; background: var(--accent) }
i.open { background: var(--open) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child { text-align: left }
thead th { color: var(--soft); font-weight: 600 }
tfoot td { font-weight: 600; border-bottom: 0 }
ul { margin: 0; padding-left: 20px }
@media (max-width: 600px) { main { padding: 16px 12px } th, td { padding: 6px 4px } }
@media print { :root { background: #fff } section { break-inside: avoid } }
`;
