import type { Decimal } from 'decimal.js';
import type { ReportId } from '../document/records.js';
import { toDecimal } from '../engine/index.js';
import { type CreditPrices, costOf } from '../rates/money.js';
import { type Kind, kindOf, type UsageItem } from '../usage/pricing/priced-row.js';

/** A message and what it costs. */
export interface PricedMessage {
  /** A bigint where a number could not carry it exactly. */
  readonly messageId: number | bigint;
  /** RFC 3339, exactly as upstream sent it. */
  readonly timestamp: string;
  readonly reportId: ReportId | undefined;
  /** The report that priced it; undefined where the text did. */
  readonly reportName: string | undefined;
  readonly kind: Kind;
  /** Credits, exact: add them with `plus`, print them with `toFixed()`. */
  readonly credits: Decimal;
  /** In money, exact, and in which; undefined where a credit has no price. */
  readonly cost: Decimal | undefined;
  readonly currency: string | undefined;
}

/** @param prices what a credit costs, where it has a price */
export function toPricedMessage(item: UsageItem, prices: CreditPrices | undefined): PricedMessage {
  const { id, timestamp, reportId } = item.message;
  return {
    messageId: id,
    timestamp,
    reportId,
    reportName: item.report?.name,
    kind: kindOf(item),
    credits: toDecimal(item.credits),
    cost: prices && costOf(item.credits, prices.priceOf(item.message)),
    currency: prices?.currency,
  };
}
