import { type Amount, compareAmounts, formatAmount } from '../engine/index.js';
import type { Grouping, GroupKey } from '../usage/grouping.js';
import { percentOf, proportion } from '../usage/proportion.js';
import type { Summary, SummaryGroup } from '../usage/summarise.js';
import { bar } from './bar.js';
import { mostDecimals, padDecimals } from './decimals.js';
import { type Column, drawTable, tableWidth } from './draw-table.js';
import { drawFacts } from './fact-lines.js';
import { shorten } from './shorten.js';
import type { SummaryFacts } from './summary-facts.js';
import type { Terminal } from './terminal.js';
import { textWidth } from './text-width.js';
import { visible } from './visible.js';

const TITLES: Readonly<Record<Grouping, string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
  report: 'Report',
  kind: 'Kind',
};
const NARROWEST_BAR = 8;
const NARROWEST_REPORT = 12;

/** A summary for people: what it is about, a row for each group, and a bar in the room that a terminal leaves. */
export function* summaryTable(summary: Summary, facts: SummaryFacts, terminal: Terminal): Generator<string> {
  yield* drawFacts(factsOf(summary, facts), terminal);
  yield '\n';
  const rows = rowsOf(summary);
  const outOf = facts.outOf === undefined ? '' : ` of ${facts.outOf}`;
  const decimals = mostDecimals([...summary.groups, summary].map(({ credits }) => formatAmount(credits)));
  const sums = (group: Summary | SummaryGroup) => [
    `${group.messages}${group === summary ? outOf : ''}`,
    padDecimals(formatAmount(group.credits), decimals),
    `${percentOf(group.credits, summary.credits)} %`,
  ];
  const table = rows.map((keys, index) => {
    const group = summary.groups[index];
    return group === undefined ? keys : [...keys, ...sums(group)];
  });
  const totals = ['Total', ...summary.by.slice(1).map(() => ''), ...sums(summary)];
  const columns = columnsOf(summary.by, [...table, totals]);
  fillWidth(table, columns, summary, terminal);
  yield* drawTable(table, columns, terminal.chalk, totals);
}

function factsOf(summary: Summary, facts: SummaryFacts): [string, string][] {
  const { first, last } = summary;
  const range = first && last ? `${first.timestamp} to ${last.timestamp}` : 'none';
  const asOf = facts.asOf === undefined ? '' : ` as of ${facts.asOf}`;
  return [
    ['Source', `${visible(facts.source)}, rules ${facts.rules}`],
    ['Period', `${visible(facts.period)}, ${facts.state}${asOf}, days in ${facts.timezone}`],
    ['Messages', range],
  ];
}

/** The keys of each group; one that the row above has already is left empty. */
function rowsOf({ groups }: Summary): string[][] {
  let above = '';
  return groups.map(({ keys }) => {
    const [first = '', ...others] = keys.map(keyText);
    const row = [first === above && others.length > 0 ? '' : first, ...others];
    above = first;
    return row;
  });
}

function keyText(key: GroupKey | undefined): string {
  if (key === undefined) return '–';
  if (key.by !== 'report') return key.label;
  if (key.name !== undefined) return visible(key.name);
  return key.id === undefined ? '– (no report)' : `– (no report ${visible(`${key.id}`)})`;
}

function columnsOf(by: readonly Grouping[], rows: readonly string[][]): Column[] {
  const titles = [...by.map((grouping) => TITLES[grouping]), 'Messages', 'Credits', 'Share'];
  return titles.map((title, index) => ({
    title,
    align: index < by.length ? 'left' : 'right',
    dim: false,
    width: Math.max(title.length, ...rows.map((row) => textWidth(row[index] ?? ''))),
  }));
}

/** Uses the width of a terminal: names are shortened where it is too narrow, a bar is drawn where room is left. */
function fillWidth(table: string[][], columns: Column[], summary: Summary, { width, chalk }: Terminal): void {
  if (width === undefined) return;
  const excess = tableWidth(columns) - width;
  const names = summary.by.indexOf('report');
  const column = columns[names];
  if (excess > 0 && column !== undefined && column.width > NARROWEST_REPORT) {
    column.width = Math.max(NARROWEST_REPORT, column.width - excess);
    for (const row of table) row[names] = shorten(row[names] ?? '', column.width);
  }
  const room = width - tableWidth(columns) - 2;
  if (room < NARROWEST_BAR) return;
  columns.push({ title: '', align: 'left', dim: false, width: room });
  const largest = summary.groups.reduce<Amount>(
    (most, { credits }) => (compareAmounts(credits, most) > 0 ? credits : most),
    0,
  );
  for (const [index, row] of table.entries()) {
    const credits = summary.groups[index]?.credits ?? 0;
    // What costs anything at all has a bar that is seen.
    const least = compareAmounts(credits, 0) > 0 ? 1 : 0;
    row.push(chalk.cyan(bar(Math.max(least, proportion(credits, largest, room * 8)))));
  }
}
