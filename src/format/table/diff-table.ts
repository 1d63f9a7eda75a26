import type { ChalkInstance } from 'chalk';
import type { ExportRow } from '../../document/records.js';
import { addAmounts, compareAmounts, formatAmount, subtractAmounts, ZERO } from '../../engine/index.js';
import { type Cost, formatCost, NO_COST, subtractCosts } from '../../rates/money.js';
import {
  type BillChange,
  type ComparedField,
  type Comparison,
  differenceOf,
} from '../../usage/diff/compare-bills.js';
import type { Cause, Part, Reconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS, decimalsIn } from '../../usage/forecast/limit.js';
import {
  groupThousands,
  messagesInWords,
  mostDecimals,
  padDecimals,
  signedAmount,
  sumsInWords,
} from '../amounts.js';
import { type DiffNames, type DiffRenderer, isEqual } from '../documents/diff.js';
import { visible } from '../text.js';
import { type Column, cellsIn, drawCells } from './draw.js';
import { drawFacts, namedLines, paragraph, type Terminal } from './lines.js';

const NARROWEST = 8;
const NOTHING = '–';

/** A comparison for people. It holds every change, since the widths depend on the last one too. */
export function diffTable(names: DiffNames, terminal: Terminal): DiffRenderer {
  const { chalk } = terminal;
  const paints: Readonly<Record<string, ChalkInstance>> = { added: chalk.green, removed: chalk.red };
  const credits = (row: ExportRow | undefined) => (row === undefined ? NOTHING : formatAmount(row.credits));
  const columns: Column<BillChange>[] = [
    { title: 'Change', cell: ({ change }) => change, paint: (text) => (paints[text] ?? chalk.yellow)(text) },
    { title: 'Message', holds: 'number', cell: ({ old, new: fresh }) => `${(fresh ?? old).id}` },
    { title: 'Old', holds: 'credits', cell: ({ old }) => credits(old) },
    { title: 'New', holds: 'credits', cell: ({ new: fresh }) => credits(fresh) },
    { title: 'Difference', holds: 'credits', cell: (change) => signedAmount(differenceOf(change)) },
    { title: 'What', cell: whatOf, least: NARROWEST },
  ];
  const rows: string[][] = [];
  return {
    head: () => '',
    rows(batch) {
      rows.push(...batch.map(cellsIn(columns)));
      return '';
    },
    *tail(comparison) {
      yield* drawFacts(factsOf(names, comparison), terminal);
      yield '\n';
      if (isEqual(comparison)) {
        yield ' The two are equal.\n';
        return;
      }
      const { old, new: fresh } = comparison;
      const difference = signedAmount(subtractAmounts(fresh.credits, old.credits));
      const totals = ['Total', '', formatAmount(old.credits), formatAmount(fresh.credits), difference, ''];
      const shown = rows.some((row) => row.at(-1) !== '') ? columns : columns.slice(0, -1);
      yield* drawCells(rows, shown, terminal, { totals });
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

/** Reports or months listed; more are counted only. */
const MOST_PARTS = 20;

/** A reconciliation for people: the three amounts, then what could explain a gap between them. */
export function* reconciliationTable(
  source: string,
  value: Reconciliation,
  terminal: Terminal,
): Generator<string> {
  const { chalk } = terminal;
  const equal = compareAmounts(value.difference, ZERO) === 0;
  const { unit } = value;
  const isRounded = compareAmounts(value.rounded, value.total) !== 0;
  const amounts = [formatAmount(value.invoice), formatAmount(value.rounded), signedAmount(value.difference)];
  const decimals = Math.max(mostDecimals(amounts), decimalsIn(unit));
  const shownUnit = unit === CREDITS ? '' : ` ${unit}`;
  const exact = isRounded ? `, rounded from ${groupThousands(formatAmount(value.total))}` : '';
  const padded = amounts.map((amount) => groupThousands(padDecimals(amount, decimals)));
  const width = Math.max(...padded.map(({ length }) => length));
  const [invoice = '', total = '', difference = ''] = padded.map((amount) => amount.padStart(width));
  const facts: [string, string][] = [
    ['Invoice', `${invoice}${shownUnit}`],
    ['Total', `${total}${shownUnit}  ${messagesInWords(value.messages)} of ${visible(source)}${exact}`],
    ['Difference', equal ? `${difference}${shownUnit}  equal` : chalk.bold(`${difference}${shownUnit}`)],
  ];
  yield* drawFacts(facts, terminal);
  if (equal) return;
  const { causes, explanations } = value;
  const combined = explanations.filter(({ causes: names }) => names.length > 1);
  const suggestion = causes.length > 0 || combined.length > 0;
  yield '\n';
  const title = suggestion ? 'What could explain it:' : 'Nothing in the messages suggests why.';
  yield* paragraph(title, 1, terminal.width);
  for (const cause of causes) {
    const effect = groupThousands(signedAmount(cause.effect));
    yield* namedLines(effect, headline(cause), effect.length + 3, terminal.width, (text) => text);
    for (const line of detail(cause, unit)) yield* paragraph(line, 5, terminal.width, chalk.dim);
    if (explanations.some(({ causes: names }) => names.length === 1 && names[0] === cause.cause)) {
      yield* paragraph('= explains it exactly', 5, terminal.width, chalk.bold);
    }
  }
  for (const { causes: names, total: left } of combined) {
    const rounded = names.includes('rounding') ? `; ${groupThousands(formatAmount(left))} is rounded` : '';
    const effects = causes.filter(({ cause }) => cause !== 'rounding' && names.includes(cause));
    const sum = effects.reduce((all, { effect }) => addAmounts(all, effect), value.total);
    const shared = compareAmounts(sum, left) === 0 ? '' : ' (a message that is in both counts once)';
    const line = `Together these explain it exactly: ${names.join(', ')}${rounded}${shared}.`;
    yield* paragraph(line, 1, terminal.width);
  }
  if (explanations.length > 1) {
    yield* paragraph(`${explanations.length} explanations fit; only one can be right.`, 1, terminal.width);
  }
}

function headline(cause: Cause): string {
  const count = 'messages' in cause ? groupThousands(`${cause.messages}`) : '';
  switch (cause.cause) {
    case 'rounding':
      return `the invoice may be rounded to ${cause.decimals} decimals`;
    case 'copies':
      return cause.counted
        ? `counting repeated messages only once: ${count} copies`
        : `counting repeated messages each time: ${count} copies`;
    case 'missing-reports':
      return `without messages priced by text since their report is missing: ${count}`;
    case 'other-months':
      return `without messages outside ${cause.month}: ${count}`;
  }
}

function detail(cause: Cause, unit: string): string[] {
  switch (cause.cause) {
    case 'rounding':
      return [];
    case 'copies':
      return [`messages ${cause.ids.join(', ')}`];
    case 'missing-reports':
      return partLines('report ', cause.reports, unit);
    case 'other-months':
      return partLines('', cause.months, unit);
  }
}

function partLines(prefix: string, parts: readonly Part[], unit: string): string[] {
  const lines = parts
    .slice(0, MOST_PARTS)
    .map(
      ({ name, messages, credits }) =>
        `${prefix}${visible(name)}: ${groupThousands(formatAmount(credits))} ${unit}, ${messagesInWords(messages)}`,
    );
  return parts.length > MOST_PARTS ? [...lines, `and ${parts.length - MOST_PARTS} more`] : lines;
}
