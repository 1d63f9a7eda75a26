import { kindOf, type UsageItem } from '../usage/pricing/priced-row.js';

/** The unit of every cost. FOCUS calls it a virtual currency. */
const CURRENCY = 'Credits';
const PROVIDER = 'Orbital';

/** A charge: what the columns that differ by the message are made of. */
export interface FocusRow {
  readonly item: UsageItem;
  /** Credits. */
  readonly cost: string;
  /** The second in which the message was sent, and its end, both in RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly month: BillingMonth;
}

/** Both in RFC 3339. */
export interface BillingMonth {
  readonly start: string;
  readonly end: string;
}

/** What a column says: the same in every row, or by the row, `undefined` for null. */
type Value = string | ((row: FocusRow) => string | undefined);

export const NULL = '';
const cost = (row: FocusRow) => row.cost;

/** The columns of FOCUS 1.2 that apply, by name, then our own (docs/focus.md). `text`: anything at all, from upstream. */
export const FOCUS_COLUMNS: readonly (readonly [name: string, value: Value, text?: 'text'])[] = [
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
