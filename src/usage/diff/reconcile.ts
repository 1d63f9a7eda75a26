import { periodOf, periodText } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import type { ExportRow } from '../../document/records.js';
import {
  type Amount,
  compareAmounts,
  parseAmount,
  subtractAmounts,
  toAmount,
  toDecimal,
  ZERO,
} from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { minorUnits, roundCost } from '../../rates/money.js';
import { CREDITS } from '../forecast/limit.js';
import { createIdHistory } from '../pricing/ids.js';
import { addSums, createSums, type Sum } from '../pricing/sums.js';

export type CauseName = Cause['cause'];

/** Messages of a bill that an invoice may count differently. */
export type Cause = Sum & {
  /** What the total would gain if they were counted differently; negative where it would lose. */
  readonly effect: Amount;
} & (
    | { readonly cause: 'rounding'; readonly decimals: number }
    /** Messages whose id occurred before. */
    | { readonly cause: 'copies'; readonly counted: boolean; readonly ids: readonly (number | bigint)[] }
    /** Messages priced by their text since their report does not exist. */
    | { readonly cause: 'missing-reports'; readonly reports: readonly Part[] }
    /** Messages of another calendar month than most. */
    | { readonly cause: 'other-months'; readonly month: string; readonly months: readonly Part[] }
  );

/** What a cause costs by report, or by month. */
export interface Part extends Sum {
  readonly name: string;
}

/** A bill compared with the amount of an invoice. */
export interface Reconciliation {
  /** Of all amounts, which are called credits here: `credits`, or the code of a currency. */
  readonly unit: string;
  readonly invoice: Amount;
  readonly messages: number;
  /** Exact. */
  readonly total: Amount;
  /** What an invoice has for it: money is rounded to its minor units. */
  readonly rounded: Amount;
  /** Invoice minus that. */
  readonly difference: Amount;
  /** What could explain a difference, whether there is one or not. */
  readonly causes: readonly Cause[];
  /** Every set of causes that makes the difference exactly, and of which no subset does; the smallest first. */
  readonly explanations: readonly Explanation[];
}

/** Causes that together lead from the total to the invoice. */
export interface Explanation {
  readonly causes: readonly CauseName[];
  /** The total with these causes counted differently, each message once; before rounding. */
  readonly total: Amount;
}

/** Message ids of copies that are listed; more are counted only. */
const MAX_IDS = 20;

/** Before every month of a timestamp: those begin with the year 0. */
const UNKNOWN_MONTH = -1000;

/** Messages that have the same causes. */
interface Bucket extends Sum {
  /** '' where the export does not say. */
  readonly month: string;
  readonly isCopy: boolean;
  readonly isMissing: boolean;
}

/**
 * Adds up a bill by what an invoice may count differently.
 *
 * @param countCopies whether messages whose id occurred before are in the total too
 * @param unit of the amounts of the rows: `credits`, or the code of a currency
 */
export function createReconciliation(zone: TimeZone, countCopies: boolean, unit = CREDITS) {
  const history = createIdHistory();
  const copyIds = new Set<number | bigint>();
  /** Of the buckets: by month, and two bits for what else is true of their messages. */
  const sums = createSums<number>();
  const missingReports = createSums<string>();

  return {
    add(rows: readonly ExportRow[]): void {
      for (const row of rows) {
        const month = monthOf(row, zone) ?? UNKNOWN_MONTH;
        const isCopy = !history.add(row.id);
        const isMissing = row.kind === 'missing-report';
        sums.of(month * 4 + Number(isCopy) * 2 + Number(isMissing)).add(row.credits);
        if (isCopy && copyIds.size < MAX_IDS) copyIds.add(row.id);
        if (isMissing && (countCopies || !isCopy))
          missingReports.of(`${row.reportId ?? ''}`).add(row.credits);
      }
    },

    value(invoice: Amount): Reconciliation {
      const buckets = Array.from(sums.values(), ([key, sum]): Bucket => {
        const month = Math.floor(key / 4);
        const name = month === UNKNOWN_MONTH ? '' : periodText('month', month);
        return { ...sum, month: name, isCopy: (key & 2) !== 0, isMissing: (key & 1) !== 0 };
      });
      const sumOf = (isWanted: (bucket: Bucket) => boolean) => addSums(buckets.filter(isWanted));
      const isCounted = ({ isCopy }: Bucket) => countCopies || !isCopy;
      const { messages, credits: total } = sumOf(isCounted);
      const rounded = roundedTo(invoice, total, unit);
      const difference = subtractAmounts(invoice, rounded);
      const months = createSums<string>();
      for (const bucket of buckets) {
        if (bucket.month !== '' && isCounted(bucket)) months.of(bucket.month).addSum(bucket);
      }
      const byMonth = partsOf(months.values());
      const main = mainMonth(byMonth);
      const causes = [
        copyCause(
          sumOf(({ isCopy }) => isCopy),
          countCopies,
          [...copyIds],
        ),
        missingCause(partsOf(missingReports.values())),
        otherMonthsCause(byMonth, main),
      ].filter((cause) => cause !== undefined);

      /** The total if the messages of these causes were counted differently. */
      const totalWith = (changed: readonly CauseName[]): Amount => {
        const withCopies = countCopies !== changed.includes('copies');
        const withMissing = !changed.includes('missing-reports');
        const withOthers = !changed.includes('other-months') || main === undefined;
        const isIn = ({ month, isCopy, isMissing }: Bucket) =>
          (withCopies || !isCopy) &&
          (withMissing || !isMissing) &&
          (withOthers || month === '' || month === main);
        return sumOf(isIn).credits;
      };
      const found = causes.map(({ cause }) => cause);
      const explanations =
        compareAmounts(difference, ZERO) === 0 ? [] : explain(found, invoice, unit, totalWith);
      const decimals = decimalsOf(invoice, unit);
      const rounding: Cause = { cause: 'rounding', messages: 0, credits: ZERO, effect: difference, decimals };
      const all = isRounded(total, invoice, unit) ? [rounding, ...causes] : causes;
      return { unit, invoice, messages, total, rounded, difference, causes: all, explanations };
    },
  };
}

/** In the order of their names. */
function partsOf(sums: ReadonlyMap<string, Sum>): Part[] {
  return Array.from(sums, ([name, sum]) => ({ name, ...sum })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Local calendar month of a message; undefined where the export does not say. */
function monthOf({ id, timestamp }: ExportRow, zone: TimeZone): number | undefined {
  if (timestamp === undefined) return undefined;
  const instant = parseInstant(timestamp);
  if (instant === undefined)
    throw new DataError(`message ${id}`, 'is not an RFC 3339 timestamp', 'timestamp');
  return periodOf('month', zone.dayOf(instant));
}

/** The month of most messages; of two such, the later. */
function mainMonth(months: readonly Part[]): string | undefined {
  const most = months.reduce((largest, { messages }) => Math.max(largest, messages), 0);
  return months.findLast(({ messages }) => messages === most)?.name;
}

function copyCause(sum: Sum, counted: boolean, ids: readonly (number | bigint)[]): Cause | undefined {
  if (sum.messages === 0) return undefined;
  const effect = counted ? subtractAmounts(ZERO, sum.credits) : sum.credits;
  return { cause: 'copies', ...sum, effect, counted, ids };
}

function missingCause(reports: readonly Part[]): Cause | undefined {
  return reports.length === 0 ? undefined : { cause: 'missing-reports', ...withoutParts(reports), reports };
}

function otherMonthsCause(byMonth: readonly Part[], month: string | undefined): Cause | undefined {
  const months = byMonth.filter(({ name }) => name !== month);
  if (month === undefined || months.length === 0) return undefined;
  return { cause: 'other-months', ...withoutParts(months), month, months };
}

/** What parts add up to, and the effect of leaving them out. */
function withoutParts(parts: readonly Part[]) {
  const sum = addSums(parts);
  return { ...sum, effect: subtractAmounts(ZERO, sum.credits) };
}

/** Every smallest set of causes with which the total is the invoice, exactly or rounded. */
function explain(
  names: readonly CauseName[],
  invoice: Amount,
  unit: string,
  totalWith: (causes: readonly CauseName[]) => Amount,
): Explanation[] {
  const sets: CauseName[][] = [[]];
  for (const name of names) sets.push(...sets.map((set) => [...set, name]));
  const found = sets.flatMap((causes): Explanation[] => {
    const total = totalWith(causes);
    if (compareAmounts(roundedTo(invoice, total, unit), invoice) === 0) return [{ causes, total }];
    return isRounded(total, invoice, unit) ? [{ causes: ['rounding', ...causes], total }] : [];
  });
  const isPartOf = (a: Explanation, b: Explanation) =>
    a !== b && a.causes.every((each) => b.causes.includes(each));
  return found
    .filter((each) => !found.some((other) => isPartOf(other, each)))
    .sort((a, b) => a.causes.length - b.causes.length);
}

/** Whether the invoice is the total with fewer decimals, however it was rounded. */
function isRounded(total: Amount, invoice: Amount, unit: string): boolean {
  const decimals = decimalsOf(invoice, unit);
  const difference = subtractAmounts(invoice, total);
  const apart = compareAmounts(difference, ZERO) < 0 ? subtractAmounts(ZERO, difference) : difference;
  const finer = toDecimal(total).decimalPlaces() > decimals;
  return finer && compareAmounts(apart, parseAmount(`1e-${decimals}`) ?? ZERO) < 0;
}

/** An invoice of credits has two decimals at least: `31` is 31.00. */
function decimalsOf(invoice: Amount, unit: string): number {
  return Math.max(unit === CREDITS ? 2 : minorUnits(unit), toDecimal(invoice).decimalPlaces());
}

/** A total as an invoice has it, which may also have it exactly. */
function roundedTo(invoice: Amount, total: Amount, unit: string): Amount {
  if (unit === CREDITS || compareAmounts(invoice, total) === 0) return total;
  return toAmount(roundCost(toDecimal(total), minorUnits(unit)));
}
