import { type Instant, secondText } from '../../calendar/instant.js';
import { type Amount, formatAmount } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import type { Change, Comparison, HistoryPeriod, Mover, ReplacedInput } from '../../usage/history/history.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { groupThousands, messagesInWords, mostDecimals, padDecimals, signedAmount } from '../amounts.js';
import { type HistoryResult, monthText } from '../documents/history.js';
import { visible } from '../text.js';
import { addBars, type Column, drawTable, wrapFirstColumn } from './draw.js';
import { drawFacts, paragraph, type Terminal, textWidth } from './lines.js';

/** A history for people: a row and a bar for each period, the last two beside each other, and what was replaced. */
export function* historyTable(result: HistoryResult, terminal: Terminal): Generator<string> {
  const { history, comparison, timezone, currency } = result;
  const rules = rulesInWords(result);
  const last = history.periods.at(-1)?.month ?? 0;
  const facts: [string, string][] = [
    ['Periods', `${spanText(history.periods)}, as of ${secondText(result.asOf)}, days in ${timezone}`],
    ['Rules', visible(rules)],
  ];
  yield* drawFacts(facts, terminal);
  yield '\n';
  yield* drawPeriods(history.periods, history.total, currency, terminal);
  if (comparison !== undefined) yield* drawComparison(comparison, last, currency, terminal);
  const notes = historyNotes(result);
  if (notes.length > 0) yield '\n';
  for (const note of notes) yield* paragraph(note, 1, terminal.width);
}

/** `2024-03 to 2024-05`. */
export function spanText(periods: readonly HistoryPeriod[]): string {
  const texts = [periods.at(0)?.month ?? 0, periods.at(-1)?.month ?? 0].map(monthText);
  return [...new Set(texts)].join(' to ');
}

/** The rules, and of which inputs they are not known. */
export function rulesInWords({ rules, unknownRules }: HistoryResult): string {
  const without = `without a receipt: ${unknownRules.join(', ')}`;
  if (rules === undefined) return `not known, ${without}`;
  return unknownRules.length === 0 ? rules : `${rules}; not known ${without}`;
}

function* drawPeriods(
  periods: readonly HistoryPeriod[],
  total: Sum,
  currency: string | undefined,
  terminal: Terminal,
): Generator<string> {
  const columns = sumColumns([...periods.map(({ input }) => input.sums.total), total], currency);
  const rows = periods.map(({ month, state, input, change }) => [
    `${monthText(month)}${state === 'open' ? ' open' : ''}`,
    ...columns.cells(input.sums.total),
    percentCell(change?.percent.credits),
  ]);
  const totals = ['Total', ...columns.cells(total), '–'];
  yield* draw(['Period', ...columns.titles, 'Change'], rows, terminal, {
    totals,
    bars: periods.map(({ input }) => input.sums.total.credits),
  });
}

function* drawComparison(
  { toDate, before, now, change, movers }: Comparison,
  last: number,
  currency: string | undefined,
  terminal: Terminal,
): Generator<string> {
  const nameOf = (month: number, until: Instant | undefined) =>
    until === undefined ? monthText(month) : `${monthText(month)} to ${secondText(until)}`;
  const [then, after] = [nameOf(last - 1, toDate?.untilBefore), nameOf(last, toDate?.until)];
  yield '\n';
  if (toDate !== undefined) {
    yield* paragraph('This period to date against the same days of the last:', 1, terminal.width);
    yield '\n';
    const columns = sumColumns([before, now], currency);
    const sign = changeCells(change, currency);
    yield* draw(
      ['Period', ...columns.titles],
      [
        [then, ...columns.cells(before)],
        [after, ...columns.cells(now)],
      ],
      terminal,
      { totals: ['Change', ...sign] },
    );
    yield '\n';
  }
  const all = [...movers.increases, ...movers.decreases];
  if (all.length === 0) {
    yield* paragraph('No report changed.', 1, terminal.width);
    return;
  }
  yield* paragraph(
    `What changed most, in credits${toDate === undefined ? '' : ', to date'}:`,
    1,
    terminal.width,
  );
  yield '\n';
  const decimals = (sums: readonly Sum[]) => mostDecimals(sums.map(({ credits }) => formatAmount(credits)));
  const places = decimals(all.flatMap((each) => [each.before, each.now]));
  const shown = (credits: Amount) => groupThousands(padDecimals(formatAmount(credits), places));
  const row = ({ reportName, before: old, now: fresh, change: changed }: Mover) => [
    reportName === undefined ? '– (priced by text)' : visible(reportName),
    shown(old.credits),
    shown(fresh.credits),
    groupThousands(padDecimals(signedAmount(changed.credits), places)),
    percentCell(changed.percent.credits),
  ];
  const titles = ['Report', monthText(last - 1), monthText(last), 'Change', '%'];
  yield* draw(titles, all.map(row), terminal);
}

/** What an auditor looks for: inputs that another of the same period replaces, and messages of other months. */
export function historyNotes({ history: { periods }, currency }: HistoryResult): string[] {
  const namesReports = ({ input }: HistoryPeriod) => [...input.sums.byReport.keys()].some(Boolean);
  const someNames = periods.some(namesReports);
  return periods.flatMap((period, index) => {
    const { month, input, replaced } = period;
    const name = visible(input.name);
    const { elsewhere } = input.sums;
    const notes = replaced.map((each) => replacedText(month, name, each, currency));
    if (elsewhere > 0) {
      notes.push(`${name}: ${messagesInWords(elsewhere)} of other months count in ${monthText(month)} too`);
    }
    if (someNames && !namesReports(period)) {
      notes.push(`${name}: names no report, so that all of it counts as priced by text`);
    }
    const next = periods[index + 1]?.month ?? month + 1;
    if (next > month + 1) {
      const missing = [month + 1, ...(next > month + 2 ? [next - 1] : [])].map(monthText);
      notes.push(`${missing.join(' to ')}: nothing was given`);
    }
    return notes;
  });
}

/** A difference in one line. */
function replacedText(
  month: number,
  name: string,
  { input, change, changedAfterClose }: ReplacedInput,
  currency: string | undefined,
): string {
  const [messages = '', credits = '', cost] = changeCells(change, currency);
  const made = `${secondText(input.madeAt)}${input.madeBy === 'file' ? ' by the time of its file' : ''}`;
  const amounts = `messages ${messages}, credits ${credits}${cost === undefined ? '' : `, ${currency} ${cost}`}`;
  const found = change.isNone ? 'the same totals' : amounts;
  const closed = changedAfterClose ? '; the period was over by then, and has changed since' : '';
  return `${monthText(month)}: ${name} replaces ${visible(input.name)} (${made}): ${found}${closed}`;
}

function sumColumns(sums: readonly Sum[], currency: string | undefined) {
  const decimals = mostDecimals(sums.map(({ credits }) => formatAmount(credits)));
  const costDecimals = mostDecimals(sums.map(({ cost }) => (cost === undefined ? '' : formatCost(cost))));
  return {
    titles: ['Messages', 'Credits', ...(currency === undefined ? [] : [`Cost ${currency}`])],
    cells: ({ messages, credits, cost }: Sum) => [
      groupThousands(`${messages}`),
      groupThousands(padDecimals(formatAmount(credits), decimals)),
      ...(currency === undefined
        ? []
        : [cost === undefined ? '–' : groupThousands(padDecimals(formatCost(cost), costDecimals))]),
    ],
  };
}

function changeCells({ messages, credits, cost, percent }: Change, currency: string | undefined): string[] {
  const sign = (text: string) => (/^-|^0$/.test(text) ? text : `+${text}`);
  const withPercent = (text: string, part: string | undefined) =>
    part === undefined ? sign(text) : `${sign(text)} (${percentCell(part)})`;
  return [
    withPercent(groupThousands(`${messages}`), percent.messages),
    withPercent(groupThousands(formatAmount(credits)), percent.credits),
    ...(currency === undefined
      ? []
      : [cost === undefined ? '–' : withPercent(groupThousands(formatCost(cost)), percent.cost)]),
  ];
}

/** `+9.83 %`; a dash where nothing can be compared. */
export function percentCell(percent: string | undefined): string {
  if (percent === undefined) return '–';
  return `${/^-|^0\.00$/.test(percent) ? '' : '+'}${groupThousands(percent)} %`;
}

interface Drawing {
  readonly totals?: string[];
  /** Of each row. */
  readonly bars?: readonly Amount[];
}

function* draw(
  titles: readonly string[],
  rows: string[][],
  terminal: Terminal,
  { totals, bars }: Drawing = {},
): Generator<string> {
  const all = totals === undefined ? rows : [...rows, totals];
  const columns = titles.map(
    (title, index): Column => ({
      title,
      align: index === 0 ? 'left' : 'right',
      dim: false,
      width: Math.max(title.length, ...all.map((row) => textWidth(row[index] ?? ''))),
    }),
  );
  if (bars !== undefined) addBars(rows, columns, bars, terminal);
  const { chalk, width } = terminal;
  yield* drawTable(wrapFirstColumn(rows, columns, width), columns, chalk, totals, width);
}
