import { compareAmounts, formatAmount } from '../engine/index.js';
import type { Cause, Part } from '../usage/diff/causes.js';
import type { Reconciliation } from '../usage/diff/reconcile.js';
import { mostDecimals, padDecimals } from './decimals.js';
import { drawFacts } from './fact-lines.js';
import { signedAmount } from './signed-amount.js';
import type { Terminal } from './terminal.js';
import { visible } from './visible.js';

/** Reports or months listed; more are counted only. */
const MOST_PARTS = 20;

/** A reconciliation for people: the three amounts, then what could explain a gap between them. */
export function* reconciliationTable(
  source: string,
  value: Reconciliation,
  terminal: Terminal,
): Generator<string> {
  const { chalk } = terminal;
  const equal = compareAmounts(value.difference, 0) === 0;
  const amounts = [formatAmount(value.invoice), formatAmount(value.total), signedAmount(value.difference)];
  const decimals = mostDecimals(amounts);
  const padded = amounts.map((amount) => padDecimals(amount, decimals));
  const width = Math.max(...padded.map(({ length }) => length));
  const [invoice = '', total = '', difference = ''] = padded.map((amount) => amount.padStart(width));
  const facts: [string, string][] = [
    ['Invoice', invoice],
    ['Total', `${total}  ${value.messages} messages of ${visible(source)}`],
    ['Difference', equal ? `${difference}  equal` : chalk.bold(difference)],
  ];
  yield* drawFacts(facts, terminal);
  if (equal) return;
  const { causes, explanations } = value;
  const combined = explanations.filter(({ causes: names }) => names.length > 1);
  const suggestion = causes.length > 0 || combined.length > 0;
  yield suggestion ? '\n What could explain it:\n' : '\n Nothing in the messages suggests why.\n';
  for (const cause of causes) {
    yield ` ${signedAmount(cause.effect)}  ${headline(cause)}\n`;
    for (const line of detail(cause)) yield `     ${chalk.dim(line)}\n`;
    if (explanations.some(({ causes: names }) => names.length === 1 && names[0] === cause.cause)) {
      yield `     ${chalk.bold('= explains it exactly')}\n`;
    }
  }
  for (const { causes: names, total: left } of combined) {
    const rounded = names.includes('rounding') ? `; ${formatAmount(left)} is rounded` : '';
    yield ` Together these explain it exactly: ${names.join(', ')}${rounded}.\n`;
  }
  if (explanations.length > 1) yield ` ${explanations.length} explanations fit; only one can be right.\n`;
}

function headline(cause: Cause): string {
  switch (cause.cause) {
    case 'rounding':
      return `the invoice may be rounded to ${cause.decimals} decimals`;
    case 'copies':
      return cause.counted
        ? `counting messages that stand twice only once: ${cause.messages} copies`
        : `counting messages that stand twice each time: ${cause.messages} copies`;
    case 'missing-reports':
      return `without messages priced by text since their report is missing: ${cause.messages}`;
    case 'other-months':
      return `without messages outside ${cause.month}: ${cause.messages}`;
  }
}

function detail(cause: Cause): string[] {
  switch (cause.cause) {
    case 'rounding':
      return [];
    case 'copies':
      return [`messages ${cause.ids.join(', ')}`];
    case 'missing-reports':
      return partLines('report ', cause.reports);
    case 'other-months':
      return partLines('', cause.months);
  }
}

function partLines(prefix: string, parts: readonly Part[]): string[] {
  const lines = parts
    .slice(0, MOST_PARTS)
    .map(
      ({ name, messages, credits }) =>
        `${prefix}${visible(name)}: ${formatAmount(credits)} credits, ${messages} ${messages === 1 ? 'message' : 'messages'}`,
    );
  return parts.length > MOST_PARTS ? [...lines, `and ${parts.length - MOST_PARTS} more`] : lines;
}
