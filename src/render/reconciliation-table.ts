import { compareAmounts, formatAmount } from '../engine/index.js';
import type { Cause, Part } from '../usage/causes/cause.js';
import type { Reconciliation } from '../usage/reconcile.js';
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
  const { causes, closedBy } = value;
  yield causes.length === 0 ? '\n Nothing in the messages suggests why.\n' : '\n What could explain it:\n';
  for (const cause of causes) {
    yield ` ${signedAmount(cause.effect)}  ${headline(cause)}\n`;
    for (const line of detail(cause)) yield `     ${chalk.dim(line)}\n`;
    if (closedBy?.length === 1 && closedBy[0] === cause)
      yield `     ${chalk.bold('= explains it exactly')}\n`;
  }
  if (closedBy !== undefined && closedBy.length > 1) {
    yield ` Together these explain it exactly: ${closedBy.map(({ cause }) => cause).join(', ')}.\n`;
  }
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
