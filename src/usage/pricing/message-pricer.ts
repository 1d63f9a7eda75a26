import type { Message, Report } from '../../document/records.js';
import {
  type Amount,
  asciiPricer,
  type Explanation,
  explainText,
  type Rates,
  type Ruleset,
  type Step,
  textPricer,
} from '../../engine/index.js';
import type { CreditPrice } from '../../rates/money.js';
import { datedRatesOf, type RateCard } from '../../rates/rate-card.js';
import type { UsageItem } from './priced-row.js';

/** The credits of a message that its text prices. */
export type MessagePricer = (message: Message) => Amount;

/**
 * Made once a run: without a card there is no date to look at. A message's own timestamp chooses its rates.
 *
 * @throws RangeError when a card is given to a ruleset that has rates of its own; from the pricer, DataError for a
 *   message before the card begins
 */
export function messagePricer(rules: Ruleset, card: RateCard | undefined): MessagePricer {
  if (card === undefined) return pricerBy(rules, undefined);
  const pricers = new Map(card.dated.map((dated) => [dated, pricerBy(rules, dated.rates)]));
  return (message) => {
    const price = pricers.get(datedRatesOf(message, card));
    if (price === undefined) throw new Error('a card without the rates that it gave');
    return price(message);
  };
}

function pricerBy(rules: Ruleset, rates: Rates | undefined): MessagePricer {
  const priceText = textPricer(rules, rates);
  const priceAscii = asciiPricer(rules, rates);
  return (message) => {
    const { raw } = message;
    return raw?.isPlainText ? priceAscii(raw.span, raw.textStart, raw.textEnd) : priceText(message.text);
  };
}

/** A step of `Explanation`, or the whole price where a report set it. */
export interface PriceStep extends Omit<Step, 'step'> {
  readonly step: Step['step'] | 'report';
}

/** How a price came about. */
export interface ExplainedPrice {
  /** Undefined: a text on its own was priced. */
  readonly message: Message | undefined;
  /** The report that priced the message. */
  readonly report: Report | undefined;
  /** Undefined where a report set the price, since the text is then ignored. */
  readonly byText: ExplainedText | undefined;
  /** In the order they apply; they add up to `credits` exactly. */
  readonly steps: readonly PriceStep[];
  readonly credits: Amount;
  /** What a credit costs, where it has a price. */
  readonly money?: { readonly creditPrice: CreditPrice; readonly currency: string } | undefined;
}

export interface ExplainedText {
  readonly text: string;
  readonly rules: Ruleset;
  /** Of a file; undefined where the ruleset's own hold. */
  readonly rates: Rates | undefined;
  readonly explanation: Explanation;
}

/** @param rates those in force when the message was sent, where a file says */
export function explainItem({ message, report }: UsageItem, rules: Ruleset, rates?: Rates): ExplainedPrice {
  if (report === undefined) return { ...explainAlone(message.text, rules, rates), message };
  const { cost } = report;
  const steps: PriceStep[] = [{ step: 'report', count: 1, rate: cost, amount: cost }];
  return { message, report, byText: undefined, steps, credits: cost };
}

/** Explains what a text would cost that belongs to no message. */
export function explainAlone(text: string, rules: Ruleset, rates?: Rates): ExplainedPrice {
  const explanation = explainText(text, rules, rates);
  return {
    message: undefined,
    report: undefined,
    byText: { text, rules, rates, explanation },
    steps: explanation.steps,
    credits: explanation.total,
  };
}
