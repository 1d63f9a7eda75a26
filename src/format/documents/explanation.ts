import { formatAmount, PUBLISHED_RATES, type Rates, toDecimal } from '../../engine/index.js';
import type { ExplainedPrice, PriceStep } from '../../usage/pricing/message-pricer.js';
import { jsonString } from '../text.js';

/** `{"explanation":{…}}`, one step a line. A price that a report set has no `text`, `rules` or `words`. */
export function explanationJson({ message, report, byText, steps, credits }: ExplainedPrice): string {
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

/** What each step of a price is called, with the lengths of the rates that priced it. */
export function stepLabels(rates: Rates = PUBLISHED_RATES): Readonly<Record<PriceStep['step'], string>> {
  const { mediumFrom, longFrom, lengthLimit } = rates.thresholds;
  return {
    base: 'Base',
    characters: 'Characters',
    'short-words': `Words of ${lengths(1, mediumFrom - 1)} characters`,
    'medium-words': `Words of ${lengths(mediumFrom, longFrom - 1)} characters`,
    'long-words': `Words of ${longFrom} or more characters`,
    'third-vowels': 'Third vowels',
    length: `More than ${lengthLimit} characters`,
    'unique-words': `No word twice, but never below ${formatAmount(rates.minimum)}`,
    palindrome: `Palindrome, the total ${times(rates)}`,
    minimum: 'Minimum of 1',
    report: 'Report',
  };
}

function lengths(first: number, last: number): string {
  if (last < first) return 'no';
  return first === last ? `${first}` : `${first} to ${last}`;
}

function times({ palindromeFactor }: Rates): string {
  if (palindromeFactor === 2) return 'doubles';
  return `times ${factorText(palindromeFactor)}`;
}

/** All digits, without an exponent. */
export function factorText(factor: Rates['palindromeFactor']): string {
  return typeof factor === 'number' ? `${factor}` : toDecimal(factor).toFixed();
}
