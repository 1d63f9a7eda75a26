import { instantOf } from '../../calendar/instant.js';
import { type Amount, compareAmounts, parseAmount, type Rates, RULESETS } from '../../engine/index.js';
import { ratesFor } from '../../engine/rates.js';
import { stepsOf, sumSteps } from '../../engine/steps.js';
import type { PageRow } from '../../format/page/bill-data.js';
import type { PageMeta } from '../../format/page/page-meta.js';
import { decodeRates } from '../../format/page/page-rates.js';
import { ratesAt } from '../../rates/rate-card.js';
import type { PriceStep } from '../../usage/pricing/message-pricer.js';

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
