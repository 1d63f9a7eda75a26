import type { Decimal } from 'decimal.js';
import { ExactDecimal } from '../engine/amount.js';
import { type Amount, parseAmount, toDecimal } from '../engine/index.js';

/*
 * The currencies of ISO 4217 with their minor units, the digits after the point. Not from Intl: CLDR has fewer digits
 * for several (HUF, IDR, IQD), and its list differs by the version of Node, on which no invoice may depend.
 */
const TWO_DIGITS =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG';
const OTHER_DIGITS: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

/** The codes of ISO 4217 that name money: no metals, no test codes. */
export const CURRENCIES: readonly string[] = [TWO_DIGITS, ...OTHER_DIGITS.map(([, codes]) => codes)]
  .flatMap((codes) => codes.split(' '))
  .sort();

/** Digits after the point of an amount that can be paid. */
export function minorUnits(currency: string): number {
  return OTHER_DIGITS.find(([, codes]) => codes.includes(currency))?.[0] ?? 2;
}

declare const unit: unique symbol;

/** What one credit costs, exact and above 0. */
export type CreditPrice = Decimal & { readonly [unit]: 'money a credit' };

/** An exact amount of money, before it is rounded for an invoice. */
export type Cost = Decimal & { readonly [unit]: 'money' };

/** What credits cost: in one currency, at prices that may change with the date. */
export interface CreditPrices {
  readonly currency: string;
  /** The only price; undefined where they are dated. */
  readonly fixed: CreditPrice | undefined;
  /** The price in force when the message was sent. @throws DataError before the first */
  readonly priceOf: (message: DatedMessage) => CreditPrice;
}

export interface DatedMessage {
  readonly id: number | bigint;
  readonly timestamp: string;
}

const exact = <Of extends CreditPrice | Cost>(value: Decimal) => value as Of;

export const NO_COST: Cost = exact(new ExactDecimal(0));

/** Reads a price as amounts of credits are read: `0.02`, `1e-3`. Undefined for all else, and for 0. */
export function parseCreditPrice(text: string): CreditPrice | undefined {
  const price = parseCost(text);
  return price?.gt(0) ? exact<CreditPrice>(price) : undefined;
}

/** Reads an amount of money; undefined for all else, and for one below 0. */
export function parseCost(text: string): Cost | undefined {
  const amount = parseAmount(text);
  return amount === undefined ? undefined : exact<Cost>(toDecimal(amount));
}

export function fixedPrice(price: CreditPrice, currency: string): CreditPrices {
  return { currency, fixed: price, priceOf: () => price };
}

export function costOf(credits: Amount, price: CreditPrice): Cost {
  return exact(toDecimal(credits).times(price));
}

export function addCosts(a: Cost, b: Cost): Cost {
  return exact(a.plus(b));
}

/** a − b; negative where b is larger. */
export function subtractCosts(a: Cost, b: Cost): Cost {
  return exact(a.minus(b));
}

/** In full, without zeros at the end. */
export function formatCost(cost: Cost | CreditPrice): string {
  return cost.toFixed();
}

/** Costs of small amounts are most of a bill; each is put into words once a price. */
const REMEMBERED = 10_000;

/** The cost of each priced message, as text. */
export function costTexts({ priceOf }: CreditPrices) {
  let price: CreditPrice | undefined;
  let texts: string[] = [];
  return (message: DatedMessage, credits: Amount): string => {
    const inForce = priceOf(message);
    if (inForce !== price) [price, texts] = [inForce, []];
    if (typeof credits !== 'number' || credits >= REMEMBERED) return formatCost(costOf(credits, inForce));
    let text = texts[credits];
    if (text === undefined) {
      text = formatCost(costOf(credits, inForce));
      texts[credits] = text;
    }
    return text;
  };
}

/** A half goes to the even neighbour. */
export function roundCost(cost: Decimal, digits: number): Decimal {
  return cost.toDecimalPlaces(digits, ExactDecimal.ROUND_HALF_EVEN);
}

/** What an invoice has for a total, rounded to what can be paid. To be done once, on the sum of exact costs. */
export function invoiceTotal(total: Cost, currency: string) {
  const digits = minorUnits(currency);
  const rounded = exact<Cost>(roundCost(total, digits));
  return {
    /** With all its minor units: `46.30`. */
    amount: rounded.toFixed(digits),
    /** The same as a number. */
    rounded,
    /** What rounding added, or took away; 0 where the exact amount can be paid. */
    rounding: subtractCosts(rounded, total),
  };
}
