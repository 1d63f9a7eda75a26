import { instantOf } from '../../../calendar/instant.js';
import { type Amount, compareAmounts, parseAmount, type Rates, RULESETS } from '../../../engine/index.js';
import { stepsOf, sumSteps } from '../../../engine/price.js';
import { ratesFor } from '../../../engine/rates.js';
import { stepCells } from '../../../format/documents/explanation.js';
import type { PageRow } from '../../../format/page/bill-data.js';
import { decodeRates, type PageMeta } from '../../../format/page/page-meta.js';
import { visible } from '../../../format/text.js';
import { ratesAt } from '../../../rates/rate-card.js';
import type { PriceStep } from '../../../usage/pricing/message-pricer.js';
import type { BillRow } from '../../data/bill.js';
import { headOf, html } from '../../view/elements.js';

export type Explain = (row: BillRow) => PriceSteps | undefined;

/** How a row's price came about: what priced it, its text where the page has it, and the steps up to the total. */
export function explanationOf(row: BillRow, explain: Explain, rules: string): HTMLElement[] {
  const parts: HTMLElement[] = [html('p', {}, reasonOf(row, rules))];
  if (row.text !== undefined) {
    const text = row.text === '' ? '(an empty text)' : visible(row.text);
    parts.push(html('blockquote', {}, text));
  }
  try {
    const price = explain(row);
    if (price === undefined) parts.push(html('p', {}, 'The texts were not at hand when this page was made.'));
    else parts.push(stepsTable(price, row.messageId));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    parts.push(html('p', { class: 'trouble' }, `This file is damaged: ${reason}`));
  }
  return parts;
}

/** As `explain` says it. */
function reasonOf({ kind, reportId, reportName = '' }: BillRow, rules: string): string {
  const report = `report ${visible(reportId ?? '')}`;
  if (kind === 'report') return `Priced by ${report}, ${visible(reportName)}; the text does not count.`;
  const missing = kind === 'missing-report' ? `, since ${report} does not exist` : '';
  return `Priced by the text${missing}; rules ${rules}.`;
}

function stepsTable(price: PriceSteps, messageId: string): HTMLTableElement {
  const { rows, total } = stepCells(price, price.rates);
  const line = (cells: readonly string[], unused: boolean) => {
    const [step = '', ...figures] = cells;
    const cellsOf = figures.map((figure) => html('td', { class: 'number' }, figure));
    return html('tr', { class: unused && 'unused' }, html('th', { scope: 'row' }, step), ...cellsOf);
  };
  return html(
    'table',
    { class: 'steps' },
    html('caption', { class: 'unseen' }, `The price of message ${messageId}, step by step`),
    headOf(['Step', 'Count', 'Rate', 'Credits']),
    html('tbody', {}, ...rows.map((cells) => line(cells, Number(cells.at(-1)) === 0))),
    html('tfoot', {}, line(total, false)),
  );
}

/** The steps of a price, which add up to its credits exactly. */
export interface PriceSteps {
  readonly steps: readonly PriceStep[];
  readonly credits: Amount;
  /** Those that priced the text. */
  readonly rates: Rates | undefined;
}

/**
 * Explains a row's price by the engine's own rules, from what they counted. Undefined where the page has no counts of
 * the row. The function throws a RangeError where the steps do not add up to the row's credits: the file was changed.
 */
export function explainRows({ rules, rates }: PageMeta): (row: PageRow) => PriceSteps | undefined {
  const ruleset = RULESETS.find((known) => known === rules);
  const dated = rates?.map(decodeRates);
  return ({ kind, counts, credits: digits, timestamp, messageId }) => {
    const credits = parseAmount(digits);
    if (credits === undefined) throw new RangeError(`message ${messageId} costs ${digits}`);
    if (kind === 'report') {
      return {
        steps: [{ step: 'report', count: 1, rate: credits, amount: credits }],
        credits,
        rates: undefined,
      };
    }
    if (counts === undefined || ruleset === undefined) return undefined;
    const inForce = dated && ratesAt({ dated }, instantOf(timestamp))?.rates;
    const card = ratesFor(ruleset, inForce);
    const steps = stepsOf(ruleset, Float64Array.of(1, ...counts), card);
    if (compareAmounts(sumSteps(steps), credits) !== 0) {
      throw new RangeError(`the steps of message ${messageId} do not add up to ${digits} credits`);
    }
    return { steps, credits, rates: card };
  };
}
