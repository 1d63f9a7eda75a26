import { addAmounts, compareAmounts, formatAmount, ZERO } from '../../engine/index.js';
import type { Cause, Part, Reconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS, decimalsIn } from '../../usage/forecast/limit.js';
import { groupThousands, messagesInWords, mostDecimals, padDecimals, signedAmount } from '../amounts.js';
import { visible } from '../text.js';
import { drawFacts, namedLines, paragraph, type Terminal } from './lines.js';

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
