import { type Amount, formatAmount, PUBLISHED_RATES, type Rates } from '../../engine/index.js';
import { RULES } from '../../engine/rules.js';
import { costOf, formatCost } from '../../rates/money.js';
import type { ExplainedPrice, PriceStep } from '../../usage/pricing/message-pricer.js';
import { groupThousands, mostDecimals, padDecimals } from '../amounts.js';
import { jsonString } from '../text.js';

/** `{"explanation":{…}}`, one step a line. A price that a report set has no `text`, `rules` or `words`. */
export function explanationJson(price: ExplainedPrice): string {
  const { message, report, byText, steps, credits, money } = price;
  const members: string[] = [];
  const add = (name: string, json: string) => members.push(`"${name}":${json}`);
  if (message !== undefined) {
    const { id, timestamp, reportId } = message;
    add('message_id', `${id}`);
    add('timestamp', JSON.stringify(timestamp));
    const textual = reportId === undefined ? 'text' : 'missing-report';
    add('kind', JSON.stringify(report === undefined ? textual : 'report'));
    if (reportId !== undefined) {
      add('report_id', typeof reportId === 'string' ? jsonString(reportId) : `${reportId}`);
    }
  }
  if (report !== undefined) add('report_name', jsonString(report.name));
  if (byText !== undefined) {
    const { text, rules, explanation } = byText;
    add('rules', JSON.stringify(rules));
    add('text', jsonString(text));
    add('characters', `${explanation.measure.characters}`);
    add('words', jsonString(explanation.words));
    add('third_vowels', JSON.stringify(explanation.thirdVowels));
  }
  add('steps', `[\n${steps.map(stepJson).join(',\n')}\n]`);
  add('credits_used', formatAmount(credits));
  if (money !== undefined) {
    add('credit_price', formatCost(money.creditPrice));
    add('cost', formatCost(costOf(credits, money.creditPrice)));
    add('currency', JSON.stringify(money.currency));
  }
  return `{"explanation":{${members.join(',')}}}\n`;
}

function stepJson({ step, count, rate, factor, minimum, amount }: PriceStep): string {
  const members = [`"step":"${step}"`, `"count":${count}`];
  if (rate !== undefined) members.push(`"rate":${formatAmount(rate)}`);
  if (factor !== undefined) members.push(`"factor":${factorText(factor)}`);
  if (minimum !== undefined) members.push(`"minimum":${formatAmount(minimum)}`);
  members.push(`"amount":${formatAmount(amount)}`);
  return `{${members.join(',')}}`;
}

/** Step, count, rate and credits of each step as people read them, and of the total, on one decimal point. */
export function stepCells(
  { steps, credits }: { readonly steps: readonly PriceStep[]; readonly credits: Amount },
  rates: Rates | undefined,
): { readonly rows: readonly string[][]; readonly total: string[] } {
  const rateDecimals = mostDecimals(
    steps.flatMap(({ rate }) => (rate === undefined ? [] : [formatAmount(rate)])),
  );
  const rateCell = ({ rate, factor, minimum }: PriceStep) => {
    if (rate !== undefined) return groupThousands(padDecimals(formatAmount(rate), rateDecimals));
    if (factor !== undefined) return `× ${factorText(factor)}`;
    return minimum === undefined ? '' : `≥ ${groupThousands(formatAmount(minimum))}`;
  };
  const decimals = mostDecimals([credits, ...steps.map(({ amount }) => amount)].map(formatAmount));
  const amountCell = (amount: Amount) => groupThousands(padDecimals(formatAmount(amount), decimals));
  return {
    rows: steps.map((step) => [
      stepLabel(step.step, rates),
      `${step.count}`,
      rateCell(step),
      amountCell(step.amount),
    ]),
    total: ['Total', '', '', amountCell(credits)],
  };
}

/** What a step of a price is called, with the lengths of the rates that priced it. */
export function stepLabel(step: PriceStep['step'], rates: Rates = PUBLISHED_RATES): string {
  if (step === 'report') return 'Report';
  const rule = RULES[step];
  const label = rule.label(rates.thresholds);
  switch (rule.kind) {
    case 'unit':
      return 'takenOff' in rule
        ? `${label}, but never below ${formatAmount(rates[rule.takenOff.floor.name])}`
        : label;
    case 'factor':
      return `${label}, the total ${times(rates[rule.factor.name])}`;
    case 'minimum':
      return `${label} of ${formatAmount(rates[rule.minimum.name])}`;
  }
}

function times(factor: Rates['palindromeFactor']): string {
  return factor === 2 ? 'doubles' : `times ${factorText(factor)}`;
}

/** All digits, without an exponent. */
function factorText(factor: Rates['palindromeFactor']): string {
  return typeof factor === 'number' ? `${factor}` : factor.toFixed();
}
