import { dayText, firstDayOf, lastDayOf } from '../../calendar/days.js';
import { type Instant, secondText } from '../../calendar/instant.js';
import { periodState, type TimeZone } from '../../calendar/time-zone.js';
import { type Amount, formatAmount } from '../../engine/index.js';
import { formatCost, invoiceTotal, NO_COST } from '../../rates/money.js';
import type { PeriodUsage } from '../../usage/forecast/budget.js';
import { type Budget, leftPerDay, type Outlook, statusOf } from '../../usage/forecast/budget.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { type DaySpan, type Grouping, type GroupKey, labelOf } from '../../usage/summary/groups.js';
import { percentText } from '../../usage/summary/shares.js';
import type { Summary, SummaryGroup } from '../../usage/summary/summary.js';
import { jsonString } from '../text.js';

/** What a summary is of. */
export interface SummaryFacts {
  /** Without credentials. */
  readonly source: string;
  readonly period: string;
  readonly timezone: string;
  readonly rules: string;
  readonly state: 'open' | 'closed';
  /** RFC 3339; undefined where the state does not depend on when it was computed. */
  readonly asOf: string | undefined;
  /** Messages of the whole period, where the rows summed may be fewer. */
  readonly outOf: number | undefined;
  /** Of an open period; undefined also where nobody wants to know. */
  readonly outlook?: Outlook | undefined;
}

/** @param asOf where `--as-of` gives it @param now milliseconds since 1970 UTC */
export function summaryFacts(
  summary: Summary,
  about: Pick<SummaryFacts, 'source' | 'period' | 'rules' | 'outOf'> & { readonly zone: TimeZone },
  asOf: Instant | undefined,
  now: number,
): SummaryFacts {
  const { zone, source, period, rules, outOf } = about;
  const state = periodState(summary.last?.instant, zone, asOf ?? now);
  // A closed bill is the same whenever it is computed, so the clock is not in it.
  const shown = asOf ?? (state === 'open' ? now : undefined);
  return {
    source,
    period,
    timezone: zone.name,
    rules,
    state,
    asOf: shown === undefined ? undefined : secondText(shown),
    outOf,
  };
}

/**
 * `{"summary":{…,"groups":[…],"total":{…}}}`, one group a line. Numbers in full; a share has two decimals. With two
 * groupings there are `subtotals`, and `empty_spans` where empty periods are left out.
 */
export function* summaryJson(summary: Summary, facts: SummaryFacts): Generator<string> {
  const head = jsonString({
    source: facts.source,
    period: facts.period,
    timezone: facts.timezone,
    rules: facts.rules,
    currency: summary.currency,
    first_message: summary.first?.timestamp ?? null,
    last_message: summary.last?.timestamp ?? null,
    state: facts.state,
    as_of: facts.asOf,
    by: summary.by,
  });
  yield `{"summary":${head.slice(0, -1)},"groups":[`;
  let separator = '\n';
  for (const group of summary.groups) {
    yield separator + groupJson(group, summary);
    separator = ',\n';
  }
  yield separator === '\n' ? ']' : '\n]';
  if (summary.by.length > 1) {
    yield `,"subtotals":[${summary.subtotals.map((subtotal) => `\n${groupJson(subtotal, summary)}`).join()}\n]`;
  }
  if (summary.emptySpans.length > 0) yield `,"empty_spans":${jsonString(summary.emptySpans.map(spanOf))}`;
  const outOf = facts.outOf === undefined ? '' : `,"out_of":${facts.outOf}`;
  const sums = [
    ...sumFields(summary),
    ...(summary.currency === undefined ? [] : costFields(summary, summary.currency)),
  ];
  yield `,"total":{${sums.map(({ name, value }) => `"${name}":${value}`).join(',')}${outOf}}${budgetMember(facts)}}}\n`;
}

/** Nothing without a limit: what was written before there were limits stays as it is. */
function budgetMember({ outlook }: SummaryFacts): string {
  if (outlook?.budget === undefined) return '';
  return `,\n"budget":{${budgetMembers(outlook.budget, outlook.unit)}}`;
}

/** The groups, one a line, and nothing else. */
export function* summaryNdjson(summary: Summary): Generator<string> {
  for (const group of summary.groups) yield `${groupJson(group, summary)}\n`;
}

function groupJson(group: SummaryGroup, summary: Summary): string {
  return objectJson(summaryFields(group, summary), group.keys);
}

/** The cost, as an invoice has it too, and what its one rounding added. */
function costFields(sum: Sum, currency: string): SummaryField[] {
  const { rounded, rounding } = invoiceTotal(sum.cost ?? NO_COST, currency);
  return [
    costField(sum),
    { name: 'invoice', value: formatCost(rounded), type: 'number' },
    { name: 'rounding', value: formatCost(rounding), type: 'number' },
  ];
}

const spanOf = ({ first, last }: DaySpan) => ({ first_day: dayText(first), last_day: dayText(last) });

/** A week has its days beside it. */
function objectJson(fields: readonly SummaryField[], keys: readonly (GroupKey | undefined)[]): string {
  const days = keys.map(weekDays).find((week) => week !== undefined);
  const members = fields.map(({ name, value, type }) => {
    const written = type === 'number' || value === undefined ? value : jsonString(value);
    const member = `"${name}":${written ?? 'null'}`;
    return name === 'week' && days
      ? `${member},"first_day":"${days.first}","last_day":"${days.last}"`
      : member;
  });
  return `{${members.join(',')}}`;
}

/** One field of a group as scripts see it. */
export interface SummaryField {
  readonly name: string;
  /** Undefined where the group has none: `null` in JSON, an empty cell in CSV. */
  readonly value: string | undefined;
  /** `number`: a JSON number's text; `text`: anything, from upstream. */
  readonly type: 'number' | 'text';
}

/** The names of a group's fields: the groupings in their order (`report` is two), then the sums. */
export function summaryFieldNames({ by, currency }: Pick<Summary, 'by' | 'currency'>): string[] {
  const cost = currency === undefined ? [] : ['cost', 'currency'];
  return [...by.flatMap(keyNames), 'messages', 'credits', 'share', ...cost];
}

/** The fields of one group, in the order of `summaryFieldNames`. `share` is in percent of the summary's credits. */
export function summaryFields(group: SummaryGroup, summary: Summary): SummaryField[] {
  // A subtotal has fewer keys than there are groupings.
  const groupings = summary.by.slice(0, group.keys.length);
  const keys = groupings.flatMap((grouping, index) => keyFields(grouping, group.keys[index]));
  return [...keys, ...groupFields(group, summary)];
}

/** The first and the last day of a week, which few know by its number. */
export function weekDays(key: GroupKey | undefined): { first: string; last: string } | undefined {
  if (key?.by !== 'week') return undefined;
  const { by, period } = key;
  return { first: dayText(firstDayOf(by, period)), last: dayText(lastDayOf(by, period)) };
}

function groupFields(group: Omit<SummaryGroup, 'keys'>, { currency }: Summary): SummaryField[] {
  const share: SummaryField = { name: 'share', value: percentText(group.share), type: 'number' };
  const sums = [...sumFields(group), share];
  return currency === undefined
    ? sums
    : [...sums, costField(group), { name: 'currency', value: currency, type: 'text' }];
}

function sumFields({ messages, credits }: Sum): SummaryField[] {
  return [
    { name: 'messages', value: `${messages}`, type: 'number' },
    { name: 'credits', value: formatAmount(credits), type: 'number' },
  ];
}

const costField = ({ cost = NO_COST }: Sum): SummaryField => ({
  name: 'cost',
  value: formatCost(cost),
  type: 'number',
});

function keyNames(grouping: Grouping): string[] {
  return grouping === 'report' ? ['report_id', 'report_name'] : [grouping];
}

function keyFields(grouping: Grouping, key: GroupKey | undefined): SummaryField[] {
  if (grouping !== 'report') {
    const value = key === undefined || key.by === 'report' ? undefined : labelOf(key);
    return [{ name: grouping, value, type: 'text' }];
  }
  const { id, name } = key?.by === 'report' ? key : {};
  return [
    {
      name: 'report_id',
      value: id === undefined ? undefined : `${id}`,
      type: typeof id === 'string' ? 'text' : 'number',
    },
    { name: 'report_name', value: name, type: 'text' },
  ];
}

/** What a budget is about, and what it is used for. */
export interface BudgetFacts extends Omit<SummaryFacts, 'state'> {
  /** `credits`, or the currency of the amounts. */
  readonly unit: string;
  readonly messages: number;
  /** Of them, those from before the first day. */
  readonly earlier: number;
  /** Messages later than `--as-of`, which do not count. */
  readonly later: number;
  /** By report and by day: only their groups that use most, the largest first. */
  readonly reports: Summary;
  readonly days: Summary;
}

/** `{"budget":{…}}`, one of the largest reports or days a line. Numbers in full; those of the projection are estimates. */
export function budgetJson(budget: Budget, facts: BudgetFacts): string {
  const { source, period, timezone, rules, asOf, outOf, messages, earlier, later, reports, days } = facts;
  const { firstDay, lastDay, state } = budget.usage;
  const head = jsonString({
    source,
    period,
    timezone,
    rules,
    state,
    as_of: asOf,
    first_day: dayText(firstDay),
    last_day: dayText(lastDay),
    messages,
    earlier_messages: earlier,
    later_messages: later,
    out_of: outOf,
  }).slice(1, -1);
  const lines = (summary: Summary) => summary.groups.map((group) => `\n${groupJson(group, summary)}`).join();
  return `{"budget":{${[
    head,
    budgetMembers(budget, facts.unit),
    `"largest_reports":[${lines(reports)}]`,
    `"largest_days":[${lines(days)}]`,
  ].join(',\n')}}}\n`;
}

/** The limit, what is used of it, and what is projected: members of a JSON object. */
function budgetMembers(budget: Budget, unit: string): string {
  const { usage, limit, left, share, warnAt, crossings, crossedOn, crossesOn } = budget;
  const amount = (value: Amount | undefined) => (value === undefined ? 'null' : formatAmount(value));
  const day = (value: number | undefined) => (value === undefined ? 'null' : `"${dayText(value)}"`);
  return [
    `"unit":"${unit}"`,
    `"limit":${formatAmount(limit)}`,
    `"used":${formatAmount(usage.used)}`,
    `"left":${formatAmount(left)}`,
    `"share":${formatAmount(share)}`,
    `"warn_at":${amount(warnAt)}`,
    `"status":"${statusOf(budget)}"`,
    `"crossings":${jsonString(crossings)}`,
    `"crossed_on":${day(crossedOn)}`,
    `"crosses_on":${day(crossesOn)}`,
    `"daily_rate":${formatAmount(usage.dailyRate)}`,
    `"left_per_day":${amount(leftPerDay(budget))}`,
    `"projection":${projectionJson(usage)}`,
  ].join(',');
}

function projectionJson({ projection }: PeriodUsage): string {
  const end = projection?.at(-1);
  if (end === undefined) return 'null';
  const { day, projected, low, high } = end;
  return `{"day":"${dayText(day)}","projected":${formatAmount(projected)},"low":${formatAmount(low)},"high":${formatAmount(high)}}`;
}
