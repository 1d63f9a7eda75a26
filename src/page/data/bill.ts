import { periodOf, periodText } from '../../calendar/days.js';
import { mostDecimals } from '../../format/amounts.js';
import type { PageRow } from '../../format/page/bill-data.js';
import type { PageMeta } from '../../format/page/page-meta.js';
import type { Kind } from '../../usage/pricing/priced-row.js';
import { toDigits, toUnits } from './texts.js';

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
  const scale = mostDecimals([meta.total, ...rows.map(({ credits }) => credits)]);
  const costScale = mostDecimals([meta.cost ?? '0', ...rows.map(({ cost = '0' }) => cost)]);
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

/** What a bar of the chart spans. */
export type Unit = 'day' | 'month' | 'year';

/** One bar of the chart: a period of its unit. */
export interface Bar extends Totals {
  readonly period: number;
  /** YYYY-MM-DD, YYYY-MM or YYYY. */
  readonly text: string;
}

/** Exact totals of `rows` for each of `periods`, zero where there are none. */
export function addBars(rows: readonly BillRow[], periods: readonly number[], unit: Unit): Bar[] {
  const groups = new Map<number, BillRow[]>(periods.map((period) => [period, []]));
  for (const row of rows) groups.get(periodOf(unit, row.day))?.push(row);
  return Array.from(groups, ([period, group]) => ({
    period,
    text: periodText(unit, period),
    ...addRows(group),
  }));
}

/** The chart's horizontal axis: the same whatever the filter leaves. */
export interface Timeline {
  readonly unit: Unit;
  readonly periods: readonly number[];
  /** The first and last day with a message. */
  readonly first: number;
  readonly last: number;
}

/** More bars than this are neither readable nor quick to draw. */
const MOST_BARS = 800;

/** From the first to the last day of `rows`, of which there is at least one: days, or months or years where they are too many. */
export function timelineOf(rows: readonly PageRow[]): Timeline {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { day } of rows) [first, last] = [Math.min(first, day), Math.max(last, day)];
  const days = last - first;
  const unit = days < MOST_BARS ? 'day' : days / 31 < MOST_BARS ? 'month' : 'year';
  return { unit, periods: periodsBetween(periodOf(unit, first), periodOf(unit, last)), first, last };
}

/** Both included. */
export function periodsBetween(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
