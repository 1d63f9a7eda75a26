import { type Amount, parseAmount } from '../../engine/index.js';
import { estimateText } from '../../format/amounts.js';
import type { PageMeta } from '../../format/page/page-meta.js';
import type { Bill } from './bill.js';
import { fractionDigits, toDecimals, toUnits } from './exact.js';

/** Something to know of the period as a whole, beside its totals. */
export interface OutlookTile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** Of a limit, used from 0 to 1. */
  readonly share?: number;
  /** Beyond the limit. */
  readonly over?: boolean;
}

/** The projection and the limit of the period in words, in credits or in money. */
export interface OutlookTexts {
  /** `credits`, or the currency. */
  readonly unit: string;
  readonly inMoney: boolean;
  /** An amount of the bill, with its unit. */
  readonly amountOf: (units: bigint) => string;
  readonly tiles: readonly OutlookTile[];
  readonly sentences: readonly string[];
}

export function outlookIn({ meta, scale, costScale }: Bill): OutlookTexts {
  const { outlook, state } = meta;
  const unit = outlook?.unit ?? 'credits';
  const inMoney = unit !== 'credits';
  const decimals = inMoney ? meta.minorUnits : 2;
  const used = amountIn(inMoney ? (meta.cost ?? '0') : meta.total);
  const estimate = (digits: string) => estimateText(amountIn(digits), used);
  const textOf = (digits: string) => {
    const places = fractionDigits(digits);
    return toDecimals(toUnits(digits, places), places, decimals).text;
  };
  const shared = {
    unit,
    inMoney,
    amountOf: (units: bigint) => `${toDecimals(units, inMoney ? costScale : scale, decimals).text} ${unit}`,
  };
  if (outlook === undefined) return { ...shared, tiles: [], sentences: [] };
  const statements = [
    projectionOf(outlook, state === 'open', unit, estimate),
    budgetOf(outlook, unit, textOf),
  ].filter((each) => each !== undefined);
  return {
    ...shared,
    tiles: statements.map(({ tile }) => tile),
    sentences: statements.map(({ sentence }) => sentence),
  };
}

/** @throws RangeError */
function amountIn(digits: string): Amount {
  const amount = parseAmount(digits);
  if (amount === undefined) throw new RangeError(`not an amount: ${digits}`);
  return amount;
}

type Outlook = NonNullable<PageMeta['outlook']>;

interface Statement {
  readonly tile: OutlookTile;
  readonly sentence: string;
}

function projectionOf(
  { projection, lastDay }: Outlook,
  isOpen: boolean,
  unit: string,
  estimate: (digits: string) => string,
): Statement | undefined {
  if (!isOpen) return undefined;
  const name = `Projected by ${lastDay}`;
  const end = projection?.at(-1);
  if (end === undefined) {
    return {
      tile: { name, value: '–', note: 'too early to say' },
      sentence: 'It is too early to project the end of the period.',
    };
  }
  const [, projected, low, high] = end;
  const interval = `80 % interval ${estimate(low)} to ${estimate(high)}`;
  return {
    tile: { name, value: `about ${estimate(projected)}`, note: interval },
    sentence: `Projected by ${lastDay}: about ${estimate(projected)} ${unit} (${interval}).`,
  };
}

function budgetOf(
  { budget }: Outlook,
  unit: string,
  textOf: (digits: string) => string,
): Statement | undefined {
  if (budget === undefined) return undefined;
  const { limit, left, share, crossedOn, crossesOn } = budget;
  const over = left.startsWith('-');
  const crossing =
    crossedOn !== undefined
      ? `, crossed on ${crossedOn}`
      : crossesOn !== undefined
        ? `, projected to be crossed on ${crossesOn}`
        : '';
  return {
    tile: {
      name: over ? 'Over budget' : 'Budget left',
      value: textOf(over ? left.slice(1) : left),
      note: `${share} % of ${textOf(limit)}${crossing}`,
      share: Math.min(1, Number(share) / 100),
      over,
    },
    sentence: `Budget: ${textOf(limit)} ${unit}, ${share} % used${crossing}.`,
  };
}
