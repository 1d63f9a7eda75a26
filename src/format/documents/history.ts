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
import { csvDialect, type DelimitedOptions, headOf } from '../data/dialect.js';
import { jsonString } from '../text.js';

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
export function* historyJson(result: HistoryResult): Generator<string> {
  const { history, comparison, timezone, asOf, rules = null, unknownRules, currency } = result;
  const head = jsonString({
    timezone,
    as_of: secondText(asOf),
    rules,
    rules_unknown_of: unknownRules,
    currency,
  }).slice(0, -1);
  yield `{"history":${head},"periods":[`;
  let separator = '\n';
  for (const period of history.periods) {
    yield `${separator}${periodJson(period, currency)}`;
    separator = ',\n';
  }
  yield `\n],"total":{${sumMembers(history.total)}}`;
  yield `,"comparison":${comparison === undefined ? 'null' : comparisonJson(history, comparison)}}}\n`;
}

function periodJson({ month, state, input, change, replaced }: HistoryPeriod, currency: string | undefined) {
  const { total } = input.sums;
  const invoice =
    total.cost === undefined || currency === undefined
      ? ''
      : `,"invoice":${formatCost(invoiceTotal(total.cost, currency).rounded)}`;
  const older = replaced.map(
    (each) =>
      `{${inputMembers(each.input)},${sumMembers(each.input.sums.total)},"change":${changeJson(each.change)},"changed_after_close":${each.changedAfterClose}}`,
  );
  return `{"period":"${monthText(month)}","state":"${state}",${inputMembers(input)},${sumMembers(total)}${invoice},"change":${changeJson(change)},"replaced":[${older.join(',')}]}`;
}

function inputMembers({ name, madeAt, madeBy, sums }: HistoryInput): string {
  const { elsewhere } = sums;
  return jsonString({ input: name, made_at: secondText(madeAt), made_at_by: madeBy, elsewhere }).slice(1, -1);
}

function sumMembers({ messages, credits, cost }: Sum): string {
  const costMember = cost === undefined ? '' : `,"cost":${formatCost(cost)}`;
  return `"messages":${messages},"credits":${formatAmount(credits)}${costMember}`;
}

function changeJson(change: Change | undefined): string {
  if (change === undefined) return 'null';
  const { messages = null, credits = null, cost } = change.percent;
  const costMember = change.cost === undefined ? '' : `,"cost":${cost ?? null}`;
  return `{${sumMembers(change)},"percent":{"messages":${messages},"credits":${credits}${costMember}}}`;
}

function comparisonJson({ periods }: History, { toDate, before, now, change, movers }: Comparison): string {
  const last = periods.at(-1)?.month ?? 0;
  const times = (until: Instant | undefined) =>
    until === undefined ? '' : `"until":"${secondText(until)}",`;
  const mover = (each: Mover) =>
    `\n{"report_name":${jsonString(each.reportName ?? null)},"before":{${sumMembers(each.before)}},"now":{${sumMembers(each.now)}},"change":${changeJson(each.change)}}`;
  return [
    `{"to_date":${toDate !== undefined}`,
    `"before":{"period":"${monthText(last - 1)}",${times(toDate?.untilBefore)}${sumMembers(before)}}`,
    `"now":{"period":"${monthText(last)}",${times(toDate?.until)}${sumMembers(now)}}`,
    `"change":${changeJson(change)}`,
    `"increases":[${movers.increases.map(mover).join()}]`,
    `"decreases":[${movers.decreases.map(mover).join()}]}`,
  ].join(',');
}

const CSV_COLUMNS = [
  'period',
  'state',
  'messages',
  'credits',
  'cost',
  'currency',
  'messages_change_percent',
  'credits_change_percent',
  'cost_change_percent',
  'input',
  'made_at',
  'replaced',
];

/** The periods, one a row. */
export function* historyCsv(
  { history, currency }: HistoryResult,
  options: DelimitedOptions,
): Generator<string> {
  const dialect = csvDialect(options);
  yield headOf(CSV_COLUMNS, options.bom, dialect);
  for (const { month, state, input, change, replaced } of history.periods) {
    const { messages, credits, cost } = input.sums.total;
    const { percent } = change ?? {};
    const cells = [
      monthText(month),
      state,
      `${messages}`,
      formatAmount(credits),
      cost === undefined ? '' : formatCost(cost),
      cost === undefined ? '' : (currency ?? ''),
      percent?.messages ?? '',
      percent?.credits ?? '',
      percent?.cost ?? '',
      dialect.cell(input.name),
      secondText(input.madeAt),
      `${replaced.length}`,
    ];
    yield cells.join(dialect.delimiter) + dialect.endOfRow;
  }
}
