import { periodText } from '../../calendar/days.js';
import { type Instant, secondText } from '../../calendar/instant.js';
import { formatAmount } from '../../engine/index.js';
import { formatCost, invoiceTotal } from '../../rates/money.js';
import type {
  Change,
  Comparison,
  History,
  HistoryInput,
  HistoryPeriod,
  Mover,
} from '../../usage/history/history.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { csvDialect, type DelimitedOptions, delimitedTable } from '../data/dialect.js';
import { always } from '../rows.js';
import { digits, documentJson, exactCost, lines, type Members, sumMembers } from './json.js';

/** A history and what is known of how it was made. */
export interface HistoryResult {
  readonly history: History;
  /** Of the last two periods; undefined where the last but one is not known. */
  readonly comparison: Comparison | undefined;
  readonly timezone: string;
  /** What is taken for now. */
  readonly asOf: Instant;
  /** What priced the messages; undefined where nothing says so. */
  readonly rules: string | undefined;
  /** The inputs of which that is not known. */
  readonly unknownRules: readonly string[];
  /** Of the costs; undefined where there are none. */
  readonly currency: string | undefined;
}

export const monthText = (month: number) => periodText('month', month);

/** `{"history":{…,"periods":[…],…}}`, one period a line; amounts in full. */
export function historyJson(result: HistoryResult): string {
  const { history, comparison, timezone, asOf, rules = null, unknownRules, currency } = result;
  return documentJson({
    history: {
      timezone,
      as_of: secondText(asOf),
      rules,
      rules_unknown_of: unknownRules,
      currency,
      periods: lines(history.periods.map((period) => periodMembers(period, currency))),
      total: sumMembers(history.total),
      comparison: comparison === undefined ? null : comparisonMembers(history, comparison),
    },
  });
}

function periodMembers(
  { month, state, input, change, replaced }: HistoryPeriod,
  currency: string | undefined,
): Members {
  const { cost } = input.sums.total;
  return {
    period: monthText(month),
    state,
    ...inputMembers(input),
    invoice: cost && currency ? exactCost(invoiceTotal(cost, currency).rounded) : undefined,
    change: changeMembers(change),
    replaced: replaced.map((each) => ({
      ...inputMembers(each.input),
      change: changeMembers(each.change),
      changed_after_close: each.changedAfterClose,
    })),
  };
}

function inputMembers({ name, madeAt, madeBy, sums }: HistoryInput): Members {
  return {
    input: name,
    made_at: secondText(madeAt),
    made_at_by: madeBy,
    elsewhere: sums.elsewhere,
    ...sumMembers(sums.total),
  };
}

function changeMembers(change: Change | undefined): Members | null {
  if (change === undefined) return null;
  const { messages, credits, cost } = change.percent;
  return {
    ...sumMembers(change),
    percent: {
      messages: digits(messages) ?? null,
      credits: digits(credits) ?? null,
      cost: change.cost === undefined ? undefined : (digits(cost) ?? null),
    },
  };
}

function comparisonMembers({ periods }: History, comparison: Comparison): Members {
  const { toDate, before, now, change, movers } = comparison;
  const last = periods.at(-1)?.month ?? 0;
  const period = (month: number, until: Instant | undefined, sum: Sum): Members => ({
    period: monthText(month),
    until: until === undefined ? undefined : secondText(until),
    ...sumMembers(sum),
  });
  const mover = (each: Mover): Members => ({
    report_name: each.reportName ?? null,
    before: sumMembers(each.before),
    now: sumMembers(each.now),
    change: changeMembers(each.change),
  });
  return {
    to_date: toDate !== undefined,
    before: period(last - 1, toDate?.untilBefore, before),
    now: period(last, toDate?.until, now),
    change: changeMembers(change),
    increases: lines(movers.increases.map(mover)),
    decreases: lines(movers.decreases.map(mover)),
  };
}

/** The columns of CSV; a text may be anything. */
const CSV_COLUMNS: Readonly<
  Record<string, (period: HistoryPeriod, currency: string | undefined) => string | undefined>
> = {
  period: ({ month }) => monthText(month),
  state: ({ state }) => state,
  messages: ({ input }) => `${input.sums.total.messages}`,
  credits: ({ input }) => formatAmount(input.sums.total.credits),
  cost: ({ input: { sums } }) => sums.total.cost && formatCost(sums.total.cost),
  currency: ({ input }, currency) => input.sums.total.cost && currency,
  messages_change_percent: ({ change }) => change?.percent.messages,
  credits_change_percent: ({ change }) => change?.percent.credits,
  cost_change_percent: ({ change }) => change?.percent.cost,
  input: ({ input }) => input.name,
  made_at: ({ input }) => secondText(input.madeAt),
  replaced: ({ replaced }) => `${replaced.length}`,
};

/** The periods, one a row. */
export function historyCsv(
  { history, currency }: HistoryResult,
  options: DelimitedOptions,
): Iterable<string> {
  const columns = Object.entries(CSV_COLUMNS).map(([name, value]) => ({
    name,
    value: (period: HistoryPeriod) => value(period, currency),
    type: always(name === 'input' ? 'text' : 'plain'),
  }));
  return delimitedTable(columns, history.periods, options.bom, csvDialect(options));
}
