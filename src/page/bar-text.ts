import { toTwoDecimals } from './exact.js';
import { countOf } from './figures.js';
import type { Bar } from './series.js';
import { pricedByText } from './totals.js';

/** A bar in words: `2024-04-29: 84.20 credits (79.00 by report, 5.20 by text), 2 messages`. */
export function describeBar(bar: Bar, scale: number): string {
  const say = (units: bigint) => toTwoDecimals(units, scale).text;
  if (bar.count === 0) return `${bar.bar}: no messages, ${say(0n)} credits`;
  const shares = `${say(bar.byKind.report.units)} by report, ${say(pricedByText(bar).units)} by text`;
  const missing = bar.byKind['missing-report'].count;
  const lacking = missing === 0 ? '' : `, ${missing} with a missing report`;
  return `${bar.bar}: ${say(bar.units)} credits (${shares}), ${countOf(bar.count, 'message')}${lacking}`;
}
