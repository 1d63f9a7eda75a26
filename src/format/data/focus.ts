import { createDayTexts, firstDayOf, periodOf } from '../../calendar/days.js';
import { type Instant, instantOf, secondText, wholeMilliseconds } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { formatAmount } from '../../engine/index.js';
import { type CreditPrices, costTexts } from '../../rates/money.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import type { Renderer } from '../rows.js';
import { csvCell, type DelimitedOptions } from './dialect.js';

/** Milliseconds. */
const SECOND = 1000;
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z');
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z');
/** December 9999, as `periodOf` counts. */
const LAST_MONTH = 9999 * 12 + 11;

/** Who pays. */
export interface BillingAccount {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

interface FocusOptions extends DelimitedOptions {
  /** Where months begin. */
  readonly zone: TimeZone;
  /** Undefined: costs are in credits. */
  readonly prices: CreditPrices | undefined;
  readonly account: BillingAccount;
}

/** A CSV file of the FinOps FOCUS specification: one charge a message. */
export function focusRenderer(options: FocusOptions): Renderer {
  const { zone, prices, account } = options;
  const costText = prices && costTexts(prices);
  const columns = FOCUS_COLUMNS.filter(([, , when]) => when !== 'priced' || prices !== undefined);
  const utc = utcTexts();
  const monthOf = billingMonths(zone, utc);
  const pieces = piecesOfARow(columns, options);

  function rowOf(item: UsageItem): FocusRow {
    const instant = instantOf(item.message.timestamp);
    const start = Math.floor(wholeMilliseconds(instant) / SECOND) * SECOND;
    return {
      item,
      credits: formatAmount(item.credits),
      cost: costText?.(item.message, item.credits) ?? formatAmount(item.credits),
      currency: prices?.currency ?? CREDITS,
      account,
      start: utc(start),
      end: utc(start + SECOND),
      month: monthOf(instant),
    };
  }

  return {
    head: () => `${columns.map(([name]) => name).join(options.delimiter)}\r\n`,
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
function piecesOfARow(columns: readonly Column[], options: DelimitedOptions): Piece[] {
  const cell = csvCell(options.delimiter, options.formulaGuard);
  const pieces: Piece[] = [];
  let fixed = '';
  for (const [index, [, value, holds]] of columns.entries()) {
    if (index > 0) fixed += options.delimiter;
    if (typeof value === 'string') {
      fixed += value;
      continue;
    }
    const written = (row: FocusRow) => value(row) ?? NULL;
    pieces.push(fixed, holds === 'text' ? (row) => cell(written(row)) : written);
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

/** The unit of every price. FOCUS calls it a virtual currency. */
const CREDITS = 'Credits';
const PROVIDER = 'Orbital';

/** A charge: what the columns that differ by the message are made of. */
interface FocusRow {
  readonly item: UsageItem;
  readonly credits: string;
  /** In `currency`; the credits where they have no price. */
  readonly cost: string;
  readonly currency: string;
  readonly account: BillingAccount;
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
const credits = (row: FocusRow) => row.credits;
/** One message. FOCUS wants a decimal, and readers take `1` for an integer. */
const quantity = ({ currency }: FocusRow) => (currency === CREDITS ? '1' : '1.0');

/** `text`: anything at all, from upstream or a user. `priced`: only where a credit has a price. */
type Column = readonly [name: string, value: Value, holds?: 'text' | 'priced'];

/** The columns of FOCUS 1.2 that apply, by name, then our own (docs/focus.md). */
const FOCUS_COLUMNS: readonly Column[] = [
  ['BilledCost', cost],
  ['BillingAccountId', ({ account }) => account.id, 'text'],
  ['BillingAccountName', ({ account }) => account.name, 'text'],
  ['BillingCurrency', ({ currency }) => currency],
  ['BillingPeriodEnd', ({ month }) => month.end],
  ['BillingPeriodStart', ({ month }) => month.start],
  ['ChargeCategory', 'Usage'],
  ['ChargeClass', NULL],
  ['ChargeDescription', ({ item }) => describe(item), 'text'],
  ['ChargeFrequency', 'Usage-Based'],
  ['ChargePeriodEnd', ({ end }) => end],
  ['ChargePeriodStart', ({ start }) => start],
  ['ConsumedQuantity', quantity],
  ['ConsumedUnit', 'Messages'],
  ['ContractedCost', cost],
  ['EffectiveCost', cost],
  ['InvoiceId', NULL, 'priced'],
  ['InvoiceIssuerName', PROVIDER],
  ['ListCost', cost],
  ['PricingCurrency', CREDITS],
  ['PricingCurrencyContractedUnitPrice', credits, 'priced'],
  ['PricingCurrencyEffectiveCost', credits],
  ['PricingCurrencyListUnitPrice', credits, 'priced'],
  ['PricingQuantity', quantity],
  ['PricingUnit', 'Messages'],
  ['ProviderName', PROVIDER],
  ['PublisherName', PROVIDER],
  ['ResourceId', ({ item }) => `${item.message.id}`],
  ['ResourceName', ({ item }) => item.report?.name, 'text'],
  ['ResourceType', 'Message'],
  ['ServiceCategory', 'AI and Machine Learning'],
  ['ServiceName', 'Orbital Copilot'],
  ['ServiceSubcategory', 'Generative AI', 'priced'],
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
