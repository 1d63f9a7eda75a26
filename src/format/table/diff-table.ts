import type { ExportRow } from '../../document/records.js';
import { formatAmount, subtractAmounts } from '../../engine/index.js';
import { type Cost, formatCost, NO_COST, subtractCosts } from '../../rates/money.js';
import {
  type BillChange,
  type ComparedField,
  type Comparison,
  differenceOf,
} from '../../usage/diff/compare-bills.js';
import { groupThousands, mostDecimals, padDecimals, signedAmount, sumsInWords } from '../amounts.js';
import { type DiffNames, type DiffRenderer, isEqual } from '../documents/diff.js';
import { visible } from '../text.js';
import { type Column, drawTable, shortenColumn } from './draw.js';
import { drawFacts, paragraph, type Terminal, textWidth } from './lines.js';

const TITLES = ['Change', 'Message', 'Old', 'New', 'Difference', 'What'];
/** The columns of credits, which share one decimal point. */
const CREDITS = [2, 3, 4];
const WHAT = 5;
const NARROWEST = 8;
const NOTHING = '–';

/** A comparison for people. It holds every change, since the widths depend on the last one too. */
export function diffTable(names: DiffNames, terminal: Terminal): DiffRenderer {
  const changes: BillChange['change'][] = [];
  const rows: string[][] = [];
  return {
    head: () => '',
    rows(batch) {
      for (const change of batch) {
        changes.push(change.change);
        rows.push(cellsOf(change));
      }
      return '';
    },
    *tail(comparison) {
      yield* drawFacts(factsOf(names, comparison), terminal);
      yield '\n';
      if (isEqual(comparison)) {
        yield ' The two are equal.\n';
        return;
      }
      const totals = totalsOf(comparison);
      alignCredits([...rows, totals]);
      const columns = columnsOf([...rows, totals]);
      shortenColumn(rows, columns, WHAT, NARROWEST, terminal.width);
      for (const [index, row] of rows.entries()) row[0] = paint(changes[index], terminal);
      yield* drawTable(rows, columns, terminal.chalk, totals, terminal.width);
      const counts = (['added', 'removed', 'changed', 'unchanged'] as const).map(
        (each) => `${groupThousands(`${comparison[each]}`)} ${each}`,
      );
      yield* paragraph(counts.join(', '), 1, terminal.width);
    },
  };
}

function factsOf(names: DiffNames, { currency, old, new: fresh }: Comparison): [string, string][] {
  const money = (cost: Cost) => `${groupThousands(formatCost(cost))} ${currency}`;
  const sum = ({ messages, credits, cost }: Comparison['old']) =>
    `${sumsInWords(messages, credits)}${cost === undefined ? '' : `, ${money(cost)}`}`;
  const facts: [string, string][] = [
    ['Old', `${visible(names.old)}: ${sum(old)}`],
    ['New', `${visible(names.new)}: ${sum(fresh)}`],
  ];
  if (currency === undefined) return facts;
  const difference = subtractCosts(fresh.cost ?? NO_COST, old.cost ?? NO_COST);
  return [...facts, ['Cost', `${difference.gt(0) ? '+' : ''}${money(difference)}`]];
}

function cellsOf(change: BillChange): string[] {
  return [
    change.change,
    `${(change.new ?? change.old).id}`,
    change.old === undefined ? NOTHING : formatAmount(change.old.credits),
    change.new === undefined ? NOTHING : formatAmount(change.new.credits),
    signedAmount(differenceOf(change)),
    whatOf(change),
  ];
}

/** Everything that changed beside the credits; of a message that came or went, its report. */
function whatOf(change: BillChange): string {
  if (change.change !== 'changed') return visible((change.new ?? change.old).reportName ?? '');
  return change.fields
    .filter((field) => field !== 'credits_used')
    .map((field) => `${field}: ${fieldText(change.old, field)} → ${fieldText(change.new, field)}`)
    .join('; ');
}

function fieldText(row: ExportRow, field: ComparedField): string {
  if (field === 'cost' && row.cost !== undefined)
    return visible(`${formatCost(row.cost)} ${row.currency ?? ''}`);
  return visible((field === 'report_name' ? row.reportName : row.timestamp) ?? NOTHING);
}

function totalsOf({ old, new: fresh }: Comparison): string[] {
  const difference = signedAmount(subtractAmounts(fresh.credits, old.credits));
  return ['Total', '', formatAmount(old.credits), formatAmount(fresh.credits), difference, ''];
}

function alignCredits(rows: readonly string[][]): void {
  const decimals = Math.max(...CREDITS.map((column) => mostDecimals(rows.map((row) => row[column] ?? ''))));
  for (const row of rows) {
    for (const column of CREDITS) {
      const cell = row[column] ?? '';
      if (cell !== NOTHING) row[column] = groupThousands(padDecimals(cell, decimals));
    }
  }
}

function columnsOf(rows: readonly string[][]): Column[] {
  const columns = TITLES.map(
    (title, index): Column => ({
      title,
      align: index === 0 || index === WHAT ? 'left' : 'right',
      dim: false,
      width: rows.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), title.length),
    }),
  );
  return rows.some((row) => row[WHAT] !== '') ? columns : columns.slice(0, WHAT);
}

function paint(change: BillChange['change'] | undefined, { chalk }: Terminal): string {
  if (change === 'added') return chalk.green(change);
  return change === 'removed' ? chalk.red(change) : chalk.yellow(change ?? '');
}
