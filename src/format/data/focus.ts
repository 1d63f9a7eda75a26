import { createDayTexts, firstDayOf, periodOf } from '../../calendar/days.js';
import { type Instant, instantOf, secondText, wholeMilliseconds } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { formatAmount } from '../../engine/index.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import type { Renderer } from '../rows.js';
import { csvCell, type DelimitedOptions } from './dialect.js';

/** Milliseconds. */
const SECOND = 1000;
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z');
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z');
/** December 9999, as `periodOf` counts. */
const LAST_MONTH = 9999 * 12 + 11;

/** A CSV file of the FinOps FOCUS specification: one charge a message. @param zone where months begin */
export function focusRenderer(zone: TimeZone, options: DelimitedOptions): Renderer {
  const utc = utcTexts();
  const monthOf = billingMonths(zone, utc);
  const pieces = piecesOfARow(options);

  function rowOf(item: UsageItem): FocusRow {
    const instant = instantOf(item.message.timestamp);
    const start = Math.floor(wholeMilliseconds(instant) / SECOND) * SECOND;
    return {
      item,
      cost: formatAmount(item.credits),
      start: utc(start),
      end: utc(start + SECOND),
      month: monthOf(instant),
    };
  }

  return {
    head: () => `${FOCUS_COLUMNS.map(([name]) => name).join(options.delimiter)}\r\n`,
    rows(items) {
      let text = '';
      for (const item of items) {
        const row = rowOf(item);
        for (const piece of pieces) text += typeof piece === 'string' ? piece : piece(row);
      }
      return text;
    },
    tail: () => [],
  };
}

/** A piece of a row: the same in every row, or by the row. */
type Piece = string | ((row: FocusRow) => string);

/** A row from left to right: constant text between two values is one piece, made once. */
function piecesOfARow(options: DelimitedOptions): Piece[] {
  const cell = csvCell(options.delimiter, options.formulaGuard);
  const pieces: Piece[] = [];
  let fixed = '';
  for (const [index, [, value, text]] of FOCUS_COLUMNS.entries()) {
    if (index > 0) fixed += options.delimiter;
    if (typeof value === 'string') {
      fixed += value;
      continue;
    }
    const written = (row: FocusRow) => value(row) ?? NULL;
    pieces.push(fixed, text === undefined ? written : (row) => cell(written(row)));
    fixed = '';
  }
  return [...pieces, `${fixed}\r\n`];
}

/** Upstream does not report when a billing period begins, so it is the local month, as where a bill is closed. */
function billingMonths(zone: TimeZone, utc: (instant: number) => string): (instant: Instant) => BillingMonth {
  const startOf = (month: number) => {
    if (month < 0) return utc(Number.NEGATIVE_INFINITY);
    if (month > LAST_MONTH) return utc(Number.POSITIVE_INFINITY);
    return utc(zone.startOfDay(firstDayOf('month', month)));
  };
  const months = new Map<number, BillingMonth>();
  let lastDay: number | undefined;
  let last: BillingMonth = { start: '', end: '' };
  return (instant) => {
    const day = zone.dayOf(instant);
    if (day === lastDay) return last;
    const month = periodOf('month', day);
    last = months.get(month) ?? { start: startOf(month), end: startOf(month + 1) };
    months.set(month, last);
    lastDay = day;
    return last;
  };
}

/** `2024-04-29T02:08:29Z`, the form that FOCUS requires, which has years of four digits. */
function utcTexts(): (instant: number) => string {
  const dayTextOf = createDayTexts();
  return (instant) => secondText(Math.min(Math.max(instant, FIRST_SECOND), LAST_SECOND), dayTextOf);
}

/** The unit of every cost. FOCUS calls it a virtual currency. */
const CURRENCY = 'Credits';
const PROVIDER = 'Orbital';

/** A charge: what the columns that differ by the message are made of. */
interface FocusRow {
  readonly item: UsageItem;
  /** Credits. */
  readonly cost: string;
  /** The second in which the message was sent, and its end, both in RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly month: BillingMonth;
}

/** Both in RFC 3339. */
interface BillingMonth {
  readonly start: string;
  readonly end: string;
}

/** The value of a column: constant, or by the row, `undefined` for null. */
type Value = string | ((row: FocusRow) => string | undefined);

const NULL = '';
const cost = (row: FocusRow) => row.cost;

/** The columns of FOCUS 1.2 that apply, by name, then our own (docs/focus.md). `text`: anything at all, from upstream. */
const FOCUS_COLUMNS: readonly (readonly [name: string, value: Value, text?: 'text'])[] = [
  ['BilledCost', cost],
  ['BillingAccountId', NULL],
  ['BillingAccountName', NULL],
  ['BillingCurrency', CURRENCY],
  ['BillingPeriodEnd', ({ month }) => month.end],
  ['BillingPeriodStart', ({ month }) => month.start],
  ['ChargeCategory', 'Usage'],
  ['ChargeClass', NULL],
  ['ChargeDescription', ({ item }) => describe(item), 'text'],
  ['ChargeFrequency', 'Usage-Based'],
  ['ChargePeriodEnd', ({ end }) => end],
  ['ChargePeriodStart', ({ start }) => start],
  ['ConsumedQuantity', '1'],
  ['ConsumedUnit', 'Messages'],
  ['ContractedCost', cost],
  ['EffectiveCost', cost],
  ['InvoiceIssuerName', PROVIDER],
  ['ListCost', cost],
  ['PricingCurrency', CURRENCY],
  ['PricingCurrencyEffectiveCost', cost],
  ['PricingQuantity', '1'],
  ['PricingUnit', 'Messages'],
  ['ProviderName', PROVIDER],
  ['PublisherName', PROVIDER],
  ['ResourceId', ({ item }) => `${item.message.id}`],
  ['ResourceName', ({ item }) => item.report?.name, 'text'],
  ['ResourceType', 'Message'],
  ['ServiceCategory', 'AI and Machine Learning'],
  ['ServiceName', 'Orbital Copilot'],
  ['x_Kind', ({ item }) => kindOf(item)],
  ['x_ReportId', ({ item }) => item.message.reportId?.toString(), 'text'],
];

function describe(item: UsageItem): string {
  switch (kindOf(item)) {
    case 'report':
      return `Report: ${item.report?.name ?? ''}`;
    case 'text':
      return 'Message priced by its text';
    case 'missing-report':
      return 'Message priced by its text, since its report does not exist';
  }
}
