import { type Instant, secondText } from '../../calendar/instant.js';
import { formatAmount } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import type { Change, Comparison, HistoryPeriod, Mover, ReplacedInput } from '../../usage/history/history.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { groupThousands, messagesInWords, signedAmount } from '../amounts.js';
import { type HistoryResult, monthText } from '../documents/history.js';
import { visible } from '../text.js';
import { type Column, cellsIn, drawCells, sumColumns } from './draw.js';
import { drawFacts, paragraph, type Terminal } from './lines.js';

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
  const columns = periodColumns(currency);
  yield* drawCells(history.periods.map(cellsIn(columns)), columns, terminal, {
    totals: totalCells(history.total, currency),
    bars: history.periods.map(({ input }) => input.sums.total.credits),
  });
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

export const periodColumns = (currency: string | undefined): Column<HistoryPeriod>[] => [
  {
    title: 'Period',
    cell: ({ month, state }) => `${monthText(month)}${state === 'open' ? ' open' : ''}`,
    wraps: true,
  },
  ...sumColumns<HistoryPeriod>(currency, ({ input }) => input.sums.total),
  { title: 'Change', holds: 'number', cell: ({ change }) => percentCell(change?.percent.credits) },
];

export const totalCells = (total: Sum, currency: string | undefined) => [
  'Total',
  ...cellsIn(sumColumns(currency, (sum: Sum) => sum))(total),
  '–',
];

/** A period up to a time of its month. */
export type PartOfPeriod = Sum & { readonly name: string };

/** The open period so far, and the same days of the one before it. */
export function toDateParts({ toDate, before, now }: Comparison, last: number): PartOfPeriod[] {
  const part = (month: number, until: Instant | undefined, sum: Sum) => ({
    ...sum,
    name: until === undefined ? monthText(month) : `${monthText(month)} to ${secondText(until)}`,
  });
  return [part(last - 1, toDate?.untilBefore, before), part(last, toDate?.until, now)];
}

export const partColumns = (currency: string | undefined): Column<PartOfPeriod>[] => [
  { title: 'Period', cell: ({ name }) => name, wraps: true },
  ...sumColumns<PartOfPeriod>(currency, (part) => part),
];

export const moverColumns = (last: number): Column<Mover>[] => [
  {
    title: 'Report',
    cell: ({ reportName }) => (reportName === undefined ? '– (priced by text)' : visible(reportName)),
    wraps: true,
  },
  { title: monthText(last - 1), holds: 'credits', cell: ({ before }) => formatAmount(before.credits) },
  { title: monthText(last), holds: 'credits', cell: ({ now }) => formatAmount(now.credits) },
  { title: 'Change', holds: 'credits', cell: ({ change }) => signedAmount(change.credits) },
  { title: '%', holds: 'number', cell: ({ change }) => percentCell(change.percent.credits) },
];

function* drawComparison(
  comparison: Comparison,
  last: number,
  currency: string | undefined,
  terminal: Terminal,
): Generator<string> {
  const { toDate, change, movers } = comparison;
  yield '\n';
  if (toDate !== undefined) {
    yield* paragraph('This period to date against the same days of the last:', 1, terminal.width);
    yield '\n';
    const columns = partColumns(currency);
    const rows = toDateParts(comparison, last).map(cellsIn(columns));
    yield* drawCells(rows, columns, terminal, { totals: ['Change', ...changeCells(change, currency)] });
    yield '\n';
  }
  const all = [...movers.increases, ...movers.decreases];
  if (all.length === 0) {
    yield* paragraph('No report changed.', 1, terminal.width);
    return;
  }
  const heading = `What changed most, in credits${toDate === undefined ? '' : ', to date'}:`;
  yield* paragraph(heading, 1, terminal.width);
  yield '\n';
  const columns = moverColumns(last);
  yield* drawCells(all.map(cellsIn(columns)), columns, terminal);
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
