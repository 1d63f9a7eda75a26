import { Decimal } from 'decimal.js';
import { formatAmount, type Rates } from '../engine/index.js';
import type { DatedRates } from './rate-card.js';
import { AMOUNT_FIELDS, THRESHOLD_FIELDS } from './rate-fields.js';

/**
 * A file of rates, which `readRateCard` reads back to the same rates.
 *
 * @param tables the versions of the data they were in force with, for the reader to know
 */
export function writeRateCard(
  dated: readonly DatedRates[],
  tables?: Readonly<Record<string, string>>,
): string {
  const head = tables === undefined ? '' : `"tables":${JSON.stringify(tables)},\n`;
  return `{${head}"rates":[\n${dated.map(entryJson).join(',\n')}\n]}\n`;
}

function entryJson({ written, rates }: DatedRates): string {
  const members = [`"valid_from": ${JSON.stringify(written)}`, ...rateMembers(rates)];
  return `  {\n    ${members.join(',\n    ')}\n  }`;
}

function rateMembers(rates: Rates): string[] {
  const amounts = Object.entries(AMOUNT_FIELDS).map(
    ([key, name]) => `"${key}": ${formatAmount(rates[name])}`,
  );
  const thresholds = Object.entries(THRESHOLD_FIELDS).map(
    ([key, name]) => `"${key}": ${rates.thresholds[name]}`,
  );
  return [
    ...amounts,
    `"palindrome_factor": ${new Decimal(rates.palindromeFactor).toFixed()}`,
    `"thresholds": { ${thresholds.join(', ')} }`,
  ];
}
