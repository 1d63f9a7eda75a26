import { type Amount, formatAmount, PUBLISHED_RATES, type Rates } from '../../engine/index.js';
import { RULES } from '../../engine/rules.js';
import { costOf } from '../../rates/money.js';
import type { ExplainedPrice, ExplainedText, PriceStep } from '../../usage/pricing/message-pricer.js';
import { groupThousands, mostDecimals, padDecimals } from '../amounts.js';
import { digits, documentJson, exact, exactCost, lines, type Members } from './json.js';

/** `{"explanation":{…}}`, one step a line. A price that a report set has no `text`, `rules` or `words`. */
export function explanationJson({ message, report, byText, steps, credits, money }: ExplainedPrice): string {
  const textual = message?.reportId === undefined ? 'text' : 'missing-report';
  return documentJson({
    explanation: {
      message_id: message?.id,
      timestamp: message?.timestamp,
      kind: message && (report === undefined ? textual : 'report'),
      report_id: message?.reportId,
      report_name: report?.name,
      ...(byText && textMembers(byText)),
      steps: lines(steps.map(stepMembers)),
      credits_used: exact(credits),
      ...(money && {
        credit_price: exactCost(money.creditPrice),
        cost: exactCost(costOf(credits, money.creditPrice)),
        currency: money.currency,
      }),
    },
  });
}

function textMembers({ text, rules, explanation }: ExplainedText): Members {
  const { measure, words, thirdVowels } = explanation;
  return {
    rules,
    text,
    characters: measure.characters,
    words: words.map((word) => ({ ...word })),
    third_vowels: thirdVowels.map((vowel) => ({ ...vowel })),
  };
}

function stepMembers({ step, count, rate, factor, minimum, amount }: PriceStep): Members {
  return {
    step,
    count,
    rate: exact(rate),
    factor: factor === undefined ? undefined : digits(factorText(factor)),
    minimum: exact(minimum),
    amount: exact(amount),
  };
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
