import type { PageRow } from '../../format/page/bill-data.js';
import type { PageMeta } from '../../format/page/page-meta.js';
import type { Kind } from '../../usage/pricing/priced-row.js';
import { barOf, barsBetween, chooseUnit, compareDays, type Unit } from './calendar.js';
import { fractionDigits, toDigits, toUnits } from './exact.js';

/** A row with what sorting and adding need. */
export interface BillRow extends PageRow {
  /** Its position as received. */
  readonly index: number;
  /** credits × 10^scale of the bill. */
  readonly units: bigint;
  /** Cost × 10^costScale of the bill; 0 where a credit has no price. */
  readonly costUnits: bigint;
}

export interface Bill {
  readonly meta: PageMeta;
  readonly rows: readonly BillRow[];
  /** Decimals carried by every `units`. */
  readonly scale: number;
  /** Decimals carried by every `costUnits`. */
  readonly costScale: number;
}

/**
 * The rows, ready to be added. Throws a RangeError when they do not add up to the total and count that the
 * page states: a file that was cut or changed must not look like a bill.
 */
export function readBill(meta: PageMeta, rows: readonly PageRow[]): Bill {
  const scale = decimalsOf([meta.total, ...rows.map(({ credits }) => credits)]);
  const costScale = decimalsOf([meta.cost ?? '0', ...rows.map(({ cost = '0' }) => cost)]);
  const counted = rows.map((row, index) => ({
    ...row,
    index,
    units: toUnits(row.credits, scale),
    costUnits: toUnits(row.cost ?? '0', costScale),
  }));
  if (rows.length !== meta.count) {
    throw new RangeError(`it holds ${rows.length} messages of ${meta.count}`);
  }
  const { units, costUnits } = addRows(counted);
  if (units !== toUnits(meta.total, scale)) {
    throw new RangeError(`its messages add up to ${toDigits(units, scale)} credits, not ${meta.total}`);
  }
  if (costUnits !== toUnits(meta.cost ?? '0', costScale)) {
    throw new RangeError(`its messages cost ${toDigits(costUnits, costScale)}, not ${meta.cost}`);
  }
  return { meta, rows: counted, scale, costScale };
}

function decimalsOf(amounts: readonly string[]): number {
  return amounts.reduce((most, amount) => Math.max(most, fractionDigits(amount)), 0);
}

export interface Total {
  readonly count: number;
  /** credits × 10^scale of the bill. */
  readonly units: bigint;
  /** Cost × 10^costScale of the bill. */
  readonly costUnits: bigint;
}

export interface Totals extends Total {
  readonly byKind: Readonly<Record<Kind, Total>>;
}

/** Exact totals of `rows`, together and by kind. */
export function addRows(rows: Iterable<BillRow>): Totals {
  const byKind = { report: nothing(), text: nothing(), 'missing-report': nothing() };
  for (const { kind, units, costUnits } of rows) {
    byKind[kind].count += 1;
    byKind[kind].units += units;
    byKind[kind].costUnits += costUnits;
  }
  return { ...Object.values(byKind).reduce(plus), byKind };
}

function plus(a: Total, b: Total) {
  return { count: a.count + b.count, units: a.units + b.units, costUnits: a.costUnits + b.costUnits };
}

/** The text price's share: messages without a report and those whose report is missing. */
export function pricedByText({ byKind }: Totals): Total {
  return plus(byKind.text, byKind['missing-report']);
}

function nothing() {
  return { count: 0, units: 0n, costUnits: 0n };
}

/** One bar of the chart: a day, or a month or year where days would be too many. */
export interface Bar extends Totals {
  /** YYYY-MM-DD, YYYY-MM or YYYY. */
  readonly bar: string;
}

/** Exact totals of `rows` for each of `bars`, zero where there are none. */
export function addBars(rows: readonly BillRow[], bars: readonly string[], unit: Unit): Bar[] {
  const groups = new Map<string, BillRow[]>(bars.map((bar) => [bar, []]));
  for (const row of rows) groups.get(barOf(row.day, unit))?.push(row);
  return Array.from(groups, ([bar, group]) => ({ bar, ...addRows(group) }));
}

/** The chart's horizontal axis: the same whatever the filter leaves. */
export interface Timeline {
  readonly unit: Unit;
  readonly bars: readonly string[];
  /** The first and last day with a message, YYYY-MM-DD. */
  readonly first: string;
  readonly last: string;
}

/** From the first to the last day of `rows`, of which there is at least one. */
export function timelineOf(rows: readonly PageRow[]): Timeline {
  const days = [...new Set(rows.map(({ day }) => day))].sort(compareDays);
  const first = days.at(0) ?? '';
  const last = days.at(-1) ?? '';
  const unit = chooseUnit(first, last);
  return { unit, bars: barsBetween(first, last, unit), first, last };
}
