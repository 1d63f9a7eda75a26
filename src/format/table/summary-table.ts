import { dayText, firstDayOf } from '../../calendar/days.js';
import { formatAmount } from '../../engine/index.js';
import { formatCost, NO_COST } from '../../rates/money.js';
import type { Budget } from '../../usage/forecast/budget.js';
import { type Grouping, type GroupKey, isCalendarUnit, labelOf } from '../../usage/summary/groups.js';
import { percentText } from '../../usage/summary/shares.js';
import type { Summary, SummaryGroup } from '../../usage/summary/summary.js';
import { groupThousands, invoiceInWords, mostDecimals, padDecimals } from '../amounts.js';
import { type BudgetFacts, type SummaryFacts, weekDays } from '../documents/summary.js';
import { visible } from '../text.js';
import { budgetLines, outlookLines } from './budget-lines.js';
import { addBars, type Column, drawTable, shortenColumn, wrapFirstColumn } from './draw.js';
import { drawFacts, paragraph, type Terminal, textWidth } from './lines.js';

const TITLES: Readonly<Record<Grouping, string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
  report: 'Report',
  kind: 'Kind',
};
/** Shown for empty periods that are left out. */
const LEFT_OUT = '…';
const NARROWEST_REPORT = 12;

/** A summary for people: what it is about, a row for each group, and a bar in the columns that a terminal leaves. */
export function* summaryTable(summary: Summary, facts: SummaryFacts, terminal: Terminal): Generator<string> {
  const outlook = facts.outlook && outlookLines(facts.outlook, terminal);
  yield* drawFacts([...factsOf(summary, facts), ...(outlook ?? [])], terminal);
  yield '\n';
  yield* groupsTable(
    summary,
    terminal,
    facts.outOf === undefined ? '' : ` of ${groupThousands(`${facts.outOf}`)}`,
  );
  const { currency } = summary;
  if (currency !== undefined) {
    yield* paragraph(`Total  ${invoiceInWords(summary.cost ?? NO_COST, currency)}`, 1, terminal.width);
  }
  for (const { first, last } of summary.emptySpans) {
    const span = `${LEFT_OUT} no messages from ${dayText(first)} to ${dayText(last)}`;
    yield* paragraph(span, 1, terminal.width);
  }
}

/**
 * A row for each group of a summary.
 *
 * @param outOf after the number of all messages, in a row for the totals; no such row where it is undefined
 */
function* groupsTable(summary: Summary, terminal: Terminal, outOf?: string): Generator<string> {
  const { currency } = summary;
  const all = [...summary.groups, summary];
  const decimals = mostDecimals(all.map(({ credits }) => formatAmount(credits)));
  const costText = ({ cost = NO_COST }: Pick<Sums, 'cost'>) => formatCost(cost);
  const costDecimals = mostDecimals(all.map(costText));
  const sums = ({ messages, credits, share, cost }: Sums, more = '') => [
    `${groupThousands(`${messages}`)}${more}`,
    groupThousands(padDecimals(formatAmount(credits), decimals)),
    ...(currency === undefined ? [] : [groupThousands(padDecimals(costText({ cost }), costDecimals))]),
    `${percentText(share)} %`,
  ];
  const rows = rowsOf(summary, sums);
  const share = summary.groups.reduce((sum, group) => sum + group.share, 0);
  const totals =
    outOf === undefined
      ? undefined
      : ['Total', ...summary.by.slice(1).map(() => ''), ...sums({ ...summary, share }, outOf)];
  const columns = columnsOf(summary, [...rows.map(({ cells }) => cells), totals ?? []]);
  fillWidth(rows, columns, summary, terminal);
  const cells = wrapFirstColumn(
    rows.map((row) => row.cells),
    columns,
    terminal.width,
  );
  yield* drawTable(cells, columns, terminal.chalk, totals, terminal.width);
}

type Sums = Pick<SummaryGroup, 'messages' | 'credits' | 'cost' | 'share'>;

interface Row {
  readonly cells: string[];
  /** What its bar shows; undefined for a row of no group. */
  readonly group?: SummaryGroup;
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

/**
 * The groups; a key that the row above has already is left empty. Subtotals come after their groups, and a mark where
 * empty periods are left out.
 */
function rowsOf(summary: Summary, sums: (sums: Sums) => string[]): Row[] {
  const rows: Row[] = [];
  const subtotals = new Map(summary.subtotals.map((subtotal) => [keyName(subtotal.keys[0]), subtotal]));
  const spans = isCalendarUnit(summary.by[0] ?? 'kind') ? [...summary.emptySpans] : [];
  let above: string | undefined;
  const endGroup = () => {
    const subtotal = above === undefined ? undefined : subtotals.get(above);
    if (subtotal !== undefined) rows.push({ cells: ['', 'Subtotal', ...sums(subtotal)] });
  };
  for (const group of summary.groups) {
    const [first = '', ...others] = group.keys.map(keyText);
    const name = keyName(group.keys[0]);
    if (name !== above) {
      endGroup();
      while (spans[0] !== undefined && spans[0].last < firstDayIn(group)) {
        rows.push({ cells: [LEFT_OUT] });
        spans.shift();
      }
    }
    const shown = name === above && others.length > 0 ? '' : first;
    rows.push({ cells: [shown, ...others, ...sums(group)], group });
    above = name;
  }
  endGroup();
  for (const _ of spans) rows.push({ cells: [LEFT_OUT] });
  return rows;
}

function firstDayIn({ keys: [key] }: SummaryGroup): number {
  return key !== undefined && 'period' in key ? firstDayOf(key.by, key.period) : Number.NaN;
}

/** Two reports may have one name. */
function keyName(key: GroupKey | undefined): string {
  if (key === undefined) return '';
  if (key.by !== 'report') return labelOf(key);
  return key.id === undefined ? 'no report' : `report ${key.id}`;
}

function keyText(key: GroupKey | undefined): string {
  if (key === undefined) return '–';
  const week = weekDays(key);
  if (key.by !== 'report')
    return labelOf(key) + (week === undefined ? '' : `  ${week.first} to ${week.last}`);
  if (key.name !== undefined) return visible(key.name);
  return key.id === undefined ? '– (no report)' : `– (no report ${visible(`${key.id}`)})`;
}

function columnsOf({ by, currency }: Summary, rows: readonly string[][]): Column[] {
  const cost = currency === undefined ? [] : [`Cost ${currency}`];
  const titles = [...by.map((grouping) => TITLES[grouping]), 'Messages', 'Credits', ...cost, 'Share'];
  return titles.map((title, index) => ({
    title,
    align: index < by.length ? 'left' : 'right',
    dim: false,
    width: Math.max(title.length, ...rows.map((row) => textWidth(row[index] ?? ''))),
  }));
}

/** Uses the width of a terminal: names are shortened where it is too narrow, a bar is drawn where columns are left. */
function fillWidth(rows: readonly Row[], columns: Column[], summary: Summary, terminal: Terminal): void {
  const { width } = terminal;
  if (width === undefined) return;
  const names = summary.by.indexOf('report');
  const cellsOfRows = rows.map(({ cells }) => cells);
  if (!shortenColumn(cellsOfRows, columns, names, NARROWEST_REPORT, width)) return;
  addBars(
    cellsOfRows,
    columns,
    rows.map(({ group }) => group?.credits),
    terminal,
  );
}

/** A budget for people: what is used, what is left, what is projected, and what it was used for. */
export function* budgetTable(budget: Budget, facts: BudgetFacts, terminal: Terminal): Generator<string> {
  const { usage } = budget;
  const asOf = facts.asOf === undefined ? '' : ` as of ${facts.asOf}`;
  const days = `${dayText(usage.firstDay)} to ${dayText(usage.lastDay)}`;
  yield* drawFacts(
    [
      ['Source', `${visible(facts.source)}, rules ${facts.rules}`],
      ['Period', `${visible(facts.period)}, ${days}, ${usage.state}${asOf}, days in ${facts.timezone}`],
      ['Messages', messagesText(facts, dayText(usage.firstDay))],
      ...budgetLines(budget, facts.unit, terminal),
    ],
    terminal,
  );
  for (const summary of [facts.reports, facts.days]) {
    if (summary.groups.length === 0) continue;
    yield `\n ${terminal.chalk.bold(`Largest ${summary.by[0]}s`)}\n\n`;
    yield* groupsTable(summary, terminal);
  }
}

function messagesText({ messages, outOf, earlier, later }: BudgetFacts, firstDay: string): string {
  const all = outOf === undefined ? '' : ` of ${outOf}`;
  const before = earlier === 0 ? '' : `, ${earlier} of them before ${firstDay}`;
  return `${messages}${all}${before}${later === 0 ? '' : `; ${later} that are later do not count`}`;
}
