import { compareInstants, type Instant, instantOf, secondText } from '../../calendar/instant.js';
import { type Amount, compareAmounts, formatAmount } from '../../engine/index.js';
import type { BudgetFacts } from '../../format/documents/summary.js';
import type { Budget, PeriodUsage } from '../../usage/forecast/budget.js';
import { type Limit, limitIn } from '../../usage/forecast/limit.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { addSums, createTotals, divideUnits, WHOLE } from '../../usage/pricing/sums.js';
import { createSummary, type Summary, type SummaryGroup } from '../../usage/summary/summary.js';
import { gauge } from './job.js';
import type { Period } from './period.js';

/** The limit of the settings, in the unit that usage is counted in; undefined without one. */
export function limitOf({ settings, prices }: Pick<Period, 'settings' | 'prices'>): Limit | undefined {
  if (settings.budget === undefined) return undefined;
  const limit = limitIn(settings.budget, prices?.currency);
  if (typeof limit === 'string') throw settings.refuse('budget', limit);
  return limit;
}

type BudgetSums = Awaited<ReturnType<typeof sumUp>>;

/** @param asOf messages from then on do not count: they were not there yet */
export async function sumUp(
  batches: AsyncIterable<UsageItem[]>,
  { zone, prices }: Period,
  asOf: Instant | undefined,
) {
  const totals = createTotals(prices);
  const reports = createSummary(['report'], zone, prices);
  let later = 0;
  for await (const items of batches) {
    const counted =
      asOf === undefined
        ? items
        : items.filter(({ message }) => compareInstants(instantOf(message.timestamp), asOf) < 0);
    later += items.length - counted.length;
    totals.add(counted);
    reports.add(counted);
  }
  return { totals: totals.value(), reports: reports.value(), later };
}

const LARGEST_REPORTS = 5;
const LARGEST_DAYS = 3;

export function factsOf(
  { reports, later }: BudgetSums,
  { firstDay }: PeriodUsage,
  { unit }: Limit,
  { settings, zone, sourceName, outOf }: Period,
  asOf: Instant | undefined,
): BudgetFacts {
  return {
    source: sourceName,
    period: settings.period,
    timezone: zone.name,
    rules: settings.rules,
    asOf: asOf === undefined ? undefined : secondText(asOf),
    outOf: outOf(),
    unit,
    messages: reports.messages,
    earlier: addSums([...reports.days].flatMap(([day, sum]) => (day < firstDay ? [sum] : []))).messages,
    later,
    reports: { ...reports, groups: reports.groups.slice(0, LARGEST_REPORTS) },
    days: { ...reports, by: ['day'], groups: daysOf(reports) },
  };
}

/** The days that used most, the largest first. */
function daysOf({ days }: Summary): SummaryGroup[] {
  const entries = [...days].sort(([a], [b]) => a - b);
  const shares = divideUnits(
    WHOLE,
    entries.map(([, { credits }]) => credits),
  );
  const groups = entries.map(([day, sum], index): SummaryGroup => {
    return { keys: [{ by: 'day', period: day }], ...sum, share: shares[index] ?? 0 };
  });
  return groups.sort((a, b) => compareAmounts(b.credits, a.credits)).slice(0, LARGEST_DAYS);
}

export function metricsOf({ limit, usage, crossings }: Budget, unit: string): string {
  const end = usage.projection?.at(-1);
  const amount = (name: string, help: string, value: Amount | undefined) =>
    value === undefined
      ? ''
      : gauge(`o_copilot_budget_${name}`, help, { [`{unit="${unit}"}`]: formatAmount(value) });
  return [
    amount('limit', 'What the period may use.', limit),
    amount('used', 'What the period has used so far.', usage.used),
    amount('projected', 'Estimated usage at the end of the period.', end?.projected),
    amount('projected_low', 'Lower bound of its 80 % interval.', end?.low),
    amount('projected_high', 'Upper bound of its 80 % interval.', end?.high),
    gauge(
      'o_copilot_budget_over',
      'Whether more was used than the period may use.',
      crossings.includes('over') ? '1' : '0',
    ),
  ].join('');
}
