import { dayText, firstDayOf } from '../../calendar/days.js';
import { NO_COST } from '../../rates/money.js';
import type { Budget } from '../../usage/forecast/budget.js';
import { percentText } from '../../usage/pricing/sums.js';
import {
  type Grouping,
  type GroupKey,
  isCalendarUnit,
  keyName,
  labelOf,
} from '../../usage/summary/groups.js';
import type { Summary, SummaryGroup } from '../../usage/summary/summary.js';
import { groupThousands, invoiceInWords } from '../amounts.js';
import { type BudgetFacts, type SummaryFacts, weekDays } from '../documents/summary.js';
import { visible } from '../text.js';
import { budgetLines, outlookLines } from './budget-lines.js';
import { alignAmounts, type Column, cellsIn, drawCells, sumColumns } from './draw.js';
import { drawFacts, paragraph, type Terminal } from './lines.js';

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
  const { by, groups, currency } = summary;
  const columns: Column<SummaryGroup>[] = [
    ...by.map((grouping, index) => ({
      title: TITLES[grouping],
      cell: ({ keys }: SummaryGroup) => keyText(keys[index]),
      least: grouping === 'report' ? NARROWEST_REPORT : undefined,
      wraps: true,
    })),
    ...sumColumns<SummaryGroup>(currency, (group) => group, '0'),
    { title: 'Share', holds: 'number', cell: ({ share }) => `${percentText(share)} %` },
  ];
  /** With other texts in place of its keys. */
  const sumsOf = (group: SummaryGroup, ...names: string[]) => [
    ...by.map((_, index) => names[index] ?? ''),
    ...cellsIn(columns)(group).slice(by.length),
  ];
  const rows = rowsOf(summary, cellsIn(columns), (subtotal) => sumsOf(subtotal, '', 'Subtotal'));
  const share = groups.reduce((sum, group) => sum + group.share, 0);
  const totals = sumsOf({ ...summary, keys: [], share }, 'Total');
  totals[by.length] += outOf ?? '';
  const cells = rows.map((row) => row.cells);
  // Also where the totals are not shown, as in a budget's largest groups.
  alignAmounts([...cells, totals], columns);
  yield* drawCells(cells, columns, terminal, {
    totals: outOf === undefined ? undefined : totals,
    bars: rows.map(({ group }) => group?.credits),
  });
}

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
function rowsOf(
  summary: Summary,
  cellsOf: (group: SummaryGroup) => string[],
  subtotalCells: (subtotal: SummaryGroup) => string[],
): Row[] {
  const rows: Row[] = [];
  const subtotals = new Map(summary.subtotals.map((subtotal) => [keyName(subtotal.keys[0]), subtotal]));
  const spans = isCalendarUnit(summary.by[0] ?? 'kind') ? [...summary.emptySpans] : [];
  let above: string | undefined;
  const endGroup = () => {
    const subtotal = above === undefined ? undefined : subtotals.get(above);
    if (subtotal !== undefined) rows.push({ cells: subtotalCells(subtotal) });
  };
  for (const group of summary.groups) {
    const cells = cellsOf(group);
    const name = keyName(group.keys[0]);
    if (name !== above) {
      endGroup();
      while (spans[0] !== undefined && spans[0].last < firstDayIn(group)) {
        rows.push({ cells: [LEFT_OUT] });
        spans.shift();
      }
    }
    if (name === above && summary.by.length > 1) cells[0] = '';
    rows.push({ cells, group });
    above = name;
  }
  endGroup();
  for (const _ of spans) rows.push({ cells: [LEFT_OUT] });
  return rows;
}

function firstDayIn({ keys: [key] }: SummaryGroup): number {
  return key !== undefined && 'period' in key ? firstDayOf(key.by, key.period) : Number.NaN;
}

function keyText(key: GroupKey | undefined): string {
  if (key === undefined) return '–';
  const week = weekDays(key);
  if (key.by !== 'report')
    return labelOf(key) + (week === undefined ? '' : `  ${week.first} to ${week.last}`);
  if (key.name !== undefined) return visible(key.name);
  return key.id === undefined ? '– (no report)' : `– (no report ${visible(`${key.id}`)})`;
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
