import { formatAmount } from '../engine/index.js';
import { instantOf } from '../source/timestamp.js';
import { periodOf, periodText } from '../usage/calendar.js';
import { kindOf, type UsageItem } from '../usage/item.js';
import { secondText } from '../usage/second-text.js';
import type { TimeZone } from '../usage/time-zone.js';
import { type CsvOptions, textCellWriter } from './csv.js';
import type { Renderer } from './renderer.js';

/** The unit of every cost. FOCUS calls it a virtual currency. */
const CURRENCY = 'Credits';
const PROVIDER = 'Orbital';

/** Milliseconds. */
const SECOND = 1000;
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z');
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z');
/** December 9999, as `periodOf` counts. */
const LAST_MONTH = 9999 * 12 + 11;

interface Row {
  readonly item: UsageItem;
  /** When the message was sent, in milliseconds since 1970 UTC, whole seconds. */
  readonly start: number;
  readonly month: BillingMonth;
}

interface BillingMonth {
  readonly start: string;
  readonly end: string;
}

/** The columns of FOCUS 1.2 that apply, by name, then our own (docs/focus.md). Undefined: null. */
const COLUMNS: readonly (readonly [name: string, value: (row: Row) => string | undefined, text?: 'text'])[] =
  [
    ['BilledCost', cost],
    ['BillingAccountId', none],
    ['BillingAccountName', none],
    ['BillingCurrency', () => CURRENCY],
    ['BillingPeriodEnd', ({ month }) => month.end],
    ['BillingPeriodStart', ({ month }) => month.start],
    ['ChargeCategory', () => 'Usage'],
    ['ChargeClass', none],
    ['ChargeDescription', ({ item }) => describe(item), 'text'],
    ['ChargeFrequency', () => 'Usage-Based'],
    ['ChargePeriodEnd', ({ start }) => utc(start + SECOND)],
    ['ChargePeriodStart', ({ start }) => utc(start)],
    ['ConsumedQuantity', () => '1'],
    ['ConsumedUnit', () => 'Messages'],
    ['ContractedCost', cost],
    ['EffectiveCost', cost],
    ['InvoiceIssuerName', () => PROVIDER],
    ['ListCost', cost],
    ['PricingCurrency', () => CURRENCY],
    ['PricingCurrencyEffectiveCost', cost],
    ['PricingQuantity', () => '1'],
    ['PricingUnit', () => 'Messages'],
    ['ProviderName', () => PROVIDER],
    ['PublisherName', () => PROVIDER],
    ['ResourceId', ({ item }) => `${item.message.id}`],
    ['ResourceName', ({ item }) => item.report?.name, 'text'],
    ['ResourceType', () => 'Message'],
    ['ServiceCategory', () => 'AI and Machine Learning'],
    ['ServiceName', () => 'Orbital Copilot'],
    ['x_Kind', ({ item }) => kindOf(item)],
    ['x_ReportId', ({ item }) => item.message.reportId?.toString(), 'text'],
  ];

/** A CSV file of the FinOps FOCUS specification: one charge a message. @param zone where months begin */
export function focusRenderer(zone: TimeZone, options: CsvOptions): Renderer {
  const monthOf = billingMonths(zone);
  const cell = textCellWriter(options);
  return {
    head: () => `${COLUMNS.map(([name]) => name).join(options.delimiter)}\r\n`,
    rows(items) {
      let text = '';
      for (const item of items) {
        const instant = instantOf(item.message.timestamp);
        const row = { item, start: Math.floor(instant / SECOND) * SECOND, month: monthOf(instant) };
        const cells = COLUMNS.map(([, value, type]) => {
          const written = value(row) ?? '';
          return type === 'text' && written !== '' ? cell(written) : written;
        });
        text += `${cells.join(options.delimiter)}\r\n`;
      }
      return text;
    },
    tail: () => [],
  };
}

/** Upstream does not say when a billing period begins, so it is the local month, as where a bill is closed. */
function billingMonths(zone: TimeZone): (instant: number) => BillingMonth {
  const known = new Map<number, BillingMonth>();
  const startOf = (month: number) => {
    if (month < 0) return utc(Number.NEGATIVE_INFINITY);
    if (month > LAST_MONTH) return utc(Number.POSITIVE_INFINITY);
    return utc(zone.startOfDay(`${periodText('month', month)}-01`));
  };
  return (instant) => {
    const month = periodOf('month', zone.dayOf(instant));
    const found = known.get(month) ?? { start: startOf(month), end: startOf(month + 1) };
    known.set(month, found);
    return found;
  };
}

function cost({ item }: Row): string {
  return formatAmount(item.credits);
}

function none(): undefined {
  return undefined;
}

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

/** `2024-04-29T02:08:29Z`, the form that FOCUS asks for, which has years of four digits. */
function utc(instant: number): string {
  const written = Math.min(Math.max(instant, FIRST_SECOND), LAST_SECOND);
  return secondText(written);
}
