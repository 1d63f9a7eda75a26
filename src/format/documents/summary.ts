import { dayText, firstDayOf, lastDayOf } from '../../calendar/days.js';
import { type Instant, secondText } from '../../calendar/instant.js';
import { periodState, type TimeZone } from '../../calendar/time-zone.js';
import { formatAmount } from '../../engine/index.js';
import { formatCost, invoiceTotal, NO_COST } from '../../rates/money.js';
import { type Budget, leftPerDay, type Outlook, statusOf } from '../../usage/forecast/budget.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { percentText } from '../../usage/pricing/sums.js';
import { type Grouping, type GroupKey, labelOf } from '../../usage/summary/groups.js';
import type { Summary, SummaryGroup } from '../../usage/summary/summary.js';
import { always, type ColumnType, type DataColumn } from '../rows.js';
import {
  digits,
  documentJson,
  documentPieces,
  exact,
  exactCost,
  type Json,
  jsonText,
  lines,
  type Members,
  sumMembers,
} from './json.js';

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
export function summaryJson(summary: Summary, facts: SummaryFacts): string[] {
  const { currency, by, emptySpans } = summary;
  return documentPieces({
    summary: {
      source: facts.source,
      period: facts.period,
      timezone: facts.timezone,
      rules: facts.rules,
      currency,
      first_message: summary.first?.timestamp ?? null,
      last_message: summary.last?.timestamp ?? null,
      state: facts.state,
      as_of: facts.asOf,
      by,
      groups: lines(groupMembers(summary, summary.groups)),
      subtotals:
        by.length > 1 ? lines(groupMembers({ by: by.slice(0, 1), currency }, summary.subtotals)) : undefined,
      empty_spans:
        emptySpans.length === 0
          ? undefined
          : emptySpans.map(({ first, last }) => ({ first_day: dayText(first), last_day: dayText(last) })),
      total: {
        ...sumMembers(summary),
        ...(currency !== undefined && invoiceMembers(summary, currency)),
        out_of: facts.outOf,
      },
      budget: facts.outlook?.budget && budgetMembers(facts.outlook.budget, facts.outlook.unit),
    },
  });
}

/** The cost, as an invoice has it too, and what its one rounding added. */
function invoiceMembers({ cost = NO_COST }: Sum, currency: string): Members {
  const { rounded, rounding } = invoiceTotal(cost, currency);
  return { cost: exactCost(cost), invoice: exactCost(rounded), rounding: exactCost(rounding) };
}

/** The groups, one a line, and nothing else. */
export function* summaryNdjson(summary: Summary): Generator<string> {
  for (const members of groupMembers(summary, summary.groups)) yield `${jsonText(members)}\n`;
}

function* groupMembers(about: SummaryAbout, groups: readonly SummaryGroup[]): Generator<Members> {
  const columns = summaryColumns(about);
  for (const group of groups) {
    const members: Record<string, Json> = {};
    for (const { name, value, type } of columns) {
      const text = value(group) ?? null;
      members[name] = text !== null && type(group) === 'number' ? digits(text) : text;
      if (name !== 'week') continue;
      const days = group.keys.map(weekDays).find((week) => week !== undefined);
      Object.assign(members, { first_day: days?.first, last_day: days?.last });
    }
    yield members;
  }
}

type SummaryAbout = Pick<Summary, 'by' | 'currency'>;

/** A column of a summary as scripts see it. */
type SummaryColumn = DataColumn<SummaryGroup>;

const column = (name: string, holds: ColumnType, value: SummaryColumn['value']): SummaryColumn => ({
  name,
  holds,
  value,
  type: always(holds === 'integer' || holds === 'decimal' ? 'number' : 'text'),
});

/** The groupings in their order (`report` is two columns), then the sums. `share` is in percent of the summary's credits. */
export function summaryColumns({ by, currency }: SummaryAbout): SummaryColumn[] {
  const columns: SummaryColumn[] = [
    ...by.flatMap(keyColumns),
    column('messages', 'integer', ({ messages }) => `${messages}`),
    column('credits', 'decimal', ({ credits }) => formatAmount(credits)),
    column('share', 'decimal', ({ share }) => percentText(share)),
  ];
  if (currency === undefined) return columns;
  return [
    ...columns,
    column('cost', 'decimal', ({ cost = NO_COST }) => formatCost(cost)),
    column('currency', 'text', () => currency),
  ];
}

function keyColumns(grouping: Grouping, index: number): SummaryColumn[] {
  if (grouping !== 'report') {
    const labelIn = ({ keys }: SummaryGroup) => {
      const key = keys[index];
      return key === undefined || key.by === 'report' ? undefined : labelOf(key);
    };
    return [column(grouping, grouping === 'day' ? 'date' : 'text', labelIn)];
  }
  const reportOf = ({ keys }: SummaryGroup) => {
    const key = keys[index];
    return key?.by === 'report' ? key : undefined;
  };
  return [
    {
      ...column('report_id', 'id', (group) => reportOf(group)?.id?.toString()),
      type: (group) => (typeof reportOf(group)?.id === 'string' ? 'text' : 'number'),
    },
    column('report_name', 'text', (group) => reportOf(group)?.name),
  ];
}

/** The first and the last day of a week, which few know by its number. */
export function weekDays(key: GroupKey | undefined): { first: string; last: string } | undefined {
  if (key?.by !== 'week') return undefined;
  const { by, period } = key;
  return { first: dayText(firstDayOf(by, period)), last: dayText(lastDayOf(by, period)) };
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
  const { firstDay, lastDay, state } = budget.usage;
  return documentJson({
    budget: {
      source: facts.source,
      period: facts.period,
      timezone: facts.timezone,
      rules: facts.rules,
      state,
      as_of: facts.asOf,
      first_day: dayText(firstDay),
      last_day: dayText(lastDay),
      messages: facts.messages,
      earlier_messages: facts.earlier,
      later_messages: facts.later,
      out_of: facts.outOf,
      ...budgetMembers(budget, facts.unit),
      largest_reports: lines(groupMembers(facts.reports, facts.reports.groups)),
      largest_days: lines(groupMembers(facts.days, facts.days.groups)),
    },
  });
}

/** The limit, what is used of it, and what is projected. */
function budgetMembers(budget: Budget, unit: string): Members {
  const { usage, limit, left, share, warnAt, crossings, crossedOn, crossesOn } = budget;
  const day = (value: number | undefined) => (value === undefined ? null : dayText(value));
  const end = usage.projection?.at(-1);
  return {
    unit,
    limit: exact(limit),
    used: exact(usage.used),
    left: exact(left),
    share: exact(share),
    warn_at: exact(warnAt) ?? null,
    status: statusOf(budget),
    crossings,
    crossed_on: day(crossedOn),
    crosses_on: day(crossesOn),
    daily_rate: exact(usage.dailyRate),
    left_per_day: exact(leftPerDay(budget)) ?? null,
    projection: end
      ? { day: dayText(end.day), projected: exact(end.projected), low: exact(end.low), high: exact(end.high) }
      : null,
  };
}
