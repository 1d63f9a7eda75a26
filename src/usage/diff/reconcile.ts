import { periodOf, periodText } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import type { ExportRow } from '../../document/records.js';
import {
  type Amount,
  addAmounts,
  compareAmounts,
  createTotal,
  parseAmount,
  subtractAmounts,
  type Total,
  toDecimal,
} from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { createIdHistory } from '../pricing/ids.js';

/** What a bill and an invoice may count differently, in the order in which it is shown. */
const CAUSES = ['copies', 'missing-reports', 'other-months'] as const;
export type CauseName = (typeof CAUSES)[number] | 'rounding';

/** Messages of a bill that an invoice may count differently. */
export type Cause = {
  readonly messages: number;
  /** What they cost. */
  readonly credits: Amount;
  /** What the total would gain if they were counted differently; negative where it would lose. */
  readonly effect: Amount;
} & (
  | { readonly cause: 'rounding'; readonly decimals: number }
  /** Messages whose id came before. */
  | { readonly cause: 'copies'; readonly counted: boolean; readonly ids: readonly (number | bigint)[] }
  /** Messages priced by their text since their report does not exist. */
  | { readonly cause: 'missing-reports'; readonly reports: readonly Part[] }
  /** Messages of another calendar month than most. */
  | { readonly cause: 'other-months'; readonly month: string; readonly months: readonly Part[] }
);

/** What a cause costs by report, or by month. */
export interface Part {
  readonly name: string;
  readonly messages: number;
  readonly credits: Amount;
}

/** Adds up messages by a name. */
function createParts() {
  const parts = new Map<string, { messages: number; readonly credits: Total }>();
  return {
    add(name: string, credits: Amount): void {
      let part = parts.get(name);
      if (part === undefined) {
        part = { messages: 0, credits: createTotal() };
        parts.set(name, part);
      }
      part.messages++;
      part.credits.add(credits);
    },
    /** In the order of their names. */
    value: (): Part[] =>
      [...parts]
        .map(([name, { messages, credits }]) => ({ name, messages, credits: credits.value() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The sums of parts that an invoice may lack. */
function withoutParts(parts: readonly Part[]) {
  const messages = parts.reduce((sum, part) => sum + part.messages, 0);
  const credits = parts.reduce<Amount>((sum, part) => addAmounts(sum, part.credits), 0);
  return { messages, credits, effect: subtractAmounts(0, credits) };
}

/** A bill held against the amount of an invoice. */
export interface Reconciliation {
  readonly invoice: Amount;
  readonly messages: number;
  /** Credits, exact. */
  readonly total: Amount;
  /** Invoice minus total. */
  readonly difference: Amount;
  /** What could explain a difference, whether there is one or not. */
  readonly causes: readonly Cause[];
  /** Every set of causes that makes the difference exactly, and of which no part does; those of few causes first. */
  readonly explanations: readonly Explanation[];
}

/** Causes that together lead from the total to the invoice. */
export interface Explanation {
  readonly causes: readonly CauseName[];
  /** The total with these causes counted differently, each message once; before rounding. */
  readonly total: Amount;
}

/** Message ids of copies that are listed; more are counted only. */
const MOST_IDS = 20;

/** The causes that a message has, as a set of bits. */
const COPY = 1;
const MISSING = 2;

/**
 * Adds up a bill and what about it is a matter of rules.
 *
 * @param countCopies whether messages whose id came before are in the total too
 */
export function createReconciliation(zone: TimeZone, countCopies: boolean) {
  const history = createIdHistory();
  const copyIds = new Set<number | bigint>();
  const months = createParts();
  const reports = createParts();
  /** Sums of the messages of a month, '' for unknown, by their other causes. A message is in one of them only. */
  const sums = new Map<string, [Total, Total, Total, Total]>();
  let messages = 0;
  let copies = 0;

  function add(row: ExportRow): void {
    const isCopy = !history.add(row.id);
    const isMissing = row.kind === 'missing-report';
    const month = monthOf(row, zone);
    if (isCopy) {
      copies++;
      if (copyIds.size < MOST_IDS) copyIds.add(row.id);
    }
    let row4 = sums.get(month);
    if (row4 === undefined) {
      row4 = [createTotal(), createTotal(), createTotal(), createTotal()];
      sums.set(month, row4);
    }
    row4[isCopy ? (isMissing ? 3 : 1) : isMissing ? 2 : 0].add(row.credits);
    if (isCopy && !countCopies) return;
    messages++;
    if (isMissing) reports.add(row.reportId ?? '', row.credits);
    if (month !== '') months.add(month, row.credits);
  }

  /** The total if the messages of `causes` were counted differently. */
  function totalWith(causes: readonly CauseName[], month: string | undefined): Amount {
    const withCopies = countCopies !== causes.includes('copies');
    const total = createTotal();
    for (const [name, byCause] of sums) {
      const isOther = month !== undefined && name !== '' && name !== month;
      if (isOther && causes.includes('other-months')) continue;
      for (const [bits, sum] of byCause.entries()) {
        if ((bits & COPY) !== 0 && !withCopies) continue;
        if ((bits & MISSING) !== 0 && causes.includes('missing-reports')) continue;
        total.add(sum.value());
      }
    }
    return total.value();
  }

  return {
    add(rows: readonly ExportRow[]): void {
      for (const row of rows) add(row);
    },

    value(invoice: Amount): Reconciliation {
      const byMonth = months.value();
      const month = mainMonth(byMonth);
      const total = totalWith([], month);
      const difference = subtractAmounts(invoice, total);
      const causes = [
        copies === 0 ? undefined : copyCause(),
        missingCause(reports.value()),
        otherMonthsCause(byMonth, month),
      ].filter((cause) => cause !== undefined);
      const found = CAUSES.filter((name) => causes.some(({ cause }) => cause === name));
      const explanations =
        compareAmounts(difference, 0) === 0
          ? []
          : explain(found, invoice, (chosen) => totalWith(chosen, month));
      const decimals = decimalsOf(invoice);
      const rounding: Cause = { cause: 'rounding', messages: 0, credits: 0, effect: difference, decimals };
      const all = isRounded(total, invoice) ? [rounding, ...causes] : causes;
      return { invoice, messages, total, difference, causes: all, explanations };
    },
  };

  function copyCause(): Cause {
    const credits = createTotal();
    for (const [, copied, , copiedMissing] of sums.values()) {
      credits.add(copied.value());
      credits.add(copiedMissing.value());
    }
    const cost = credits.value();
    const effect = countCopies ? subtractAmounts(0, cost) : cost;
    return {
      cause: 'copies',
      messages: copies,
      credits: cost,
      effect,
      counted: countCopies,
      ids: [...copyIds],
    };
  }
}

/** Local calendar month of a message; '' where the export does not say. */
function monthOf({ id, timestamp }: ExportRow, zone: TimeZone): string {
  if (timestamp === undefined) return '';
  const instant = parseInstant(timestamp);
  if (instant === undefined)
    throw new DataError(`message ${id}`, 'is not an RFC 3339 timestamp', 'timestamp');
  return periodText('month', periodOf('month', zone.dayOf(instant)));
}

/** The month of most messages; of two such, the later. */
function mainMonth(months: readonly Part[]): string | undefined {
  const most = months.reduce((largest, { messages }) => Math.max(largest, messages), 0);
  return months.findLast(({ messages }) => messages === most)?.name;
}

function missingCause(reports: readonly Part[]): Cause | undefined {
  return reports.length === 0 ? undefined : { cause: 'missing-reports', ...withoutParts(reports), reports };
}

function otherMonthsCause(byMonth: readonly Part[], month: string | undefined): Cause | undefined {
  const months = byMonth.filter(({ name }) => name !== month);
  if (month === undefined || months.length === 0) return undefined;
  return { cause: 'other-months', ...withoutParts(months), month, months };
}

/** Every smallest set of causes with which the total is the invoice, exactly or rounded. */
function explain(
  names: readonly CauseName[],
  invoice: Amount,
  totalWith: (causes: readonly CauseName[]) => Amount,
): Explanation[] {
  const sets: CauseName[][] = [[]];
  for (const name of names) sets.push(...sets.map((set) => [...set, name]));
  const found = sets.flatMap((causes): Explanation[] => {
    const total = totalWith(causes);
    if (compareAmounts(total, invoice) === 0) return [{ causes, total }];
    return isRounded(total, invoice) ? [{ causes: ['rounding', ...causes], total }] : [];
  });
  const isPartOf = (a: Explanation, b: Explanation) =>
    a !== b && a.causes.every((each) => b.causes.includes(each));
  return found
    .filter((each) => !found.some((other) => isPartOf(other, each)))
    .sort((a, b) => a.causes.length - b.causes.length);
}

/** Whether the invoice is the total with fewer decimals, however it was rounded. */
function isRounded(total: Amount, invoice: Amount): boolean {
  const decimals = decimalsOf(invoice);
  const difference = subtractAmounts(invoice, total);
  const apart = compareAmounts(difference, 0) < 0 ? subtractAmounts(0, difference) : difference;
  const finer = toDecimal(total).decimalPlaces() > decimals;
  return finer && compareAmounts(apart, parseAmount(`1e-${decimals}`) ?? 0) < 0;
}

/** An invoice has two decimals at least: `31` is 31.00. */
function decimalsOf(invoice: Amount): number {
  return Math.max(2, toDecimal(invoice).decimalPlaces());
}
