import type { ExportRow } from '../../document/records.js';
import { type Amount, compareAmounts, subtractAmounts, ZERO } from '../../engine/index.js';
import { type Cost, NO_COST } from '../../rates/money.js';
import { inBatches } from '../pricing/price-messages.js';
import { RunningSum } from '../pricing/sums.js';
import { createRowIndex } from './row-index.js';

/** What one message is in two bills. */
export type BillChange =
  | { readonly change: 'added'; readonly old: undefined; readonly new: ExportRow }
  | { readonly change: 'removed'; readonly old: ExportRow; readonly new: undefined }
  | {
      readonly change: 'changed';
      readonly old: ExportRow;
      readonly new: ExportRow;
      readonly fields: readonly ComparedField[];
    };

const COMPARED_FIELDS = ['timestamp', 'report_name', 'credits_used', 'cost'] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/** New credits minus old ones; a message that is not in a bill costs nothing there. */
export function differenceOf(change: BillChange): Amount {
  return subtractAmounts(change.new?.credits ?? ZERO, change.old?.credits ?? ZERO);
}

/** How two bills compare. */
export type Comparison = ReturnType<ReturnType<typeof compareBills>['comparison']>;

/** What the rows of both bills cost. */
export interface RowCosts {
  readonly currency: string;
  readonly costOf: (row: ExportRow) => Cost;
}

type Rows = AsyncIterable<readonly ExportRow[]>;

/** Rows that do not rise by id, so that they cannot be compared as they arrive. */
export class UnsortedRows extends Error {}

const CHANGES_A_BATCH = 1000;

/**
 * Compares two bills message by message and yields what differs, by rising id; the comparison is complete when
 * the changes have all been read.
 *
 * @param sorted both rise by id: nothing is held in memory. Otherwise every row of `old` is.
 * @param money what rows cost, where a credit has a price
 * @throws UnsortedRows when they were said to be sorted and are not; whatever the rows throw
 */
export function compareBills(old: Rows, fresh: Rows, sorted: boolean, money?: RowCosts) {
  const counts = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  const none = money && NO_COST;
  const sums = { old: new RunningSum(none), new: new RunningSum(none) };
  const add = (sum: RunningSum, row: ExportRow) =>
    money === undefined
      ? sum.add(row.credits)
      : sum.addSum({ messages: 1, credits: row.credits, cost: money.costOf(row) });

  /** The change between two rows of one message, counted. */
  function compare(before: ExportRow | undefined, after: ExportRow | undefined): BillChange | undefined {
    if (before !== undefined) add(sums.old, before);
    if (after !== undefined) add(sums.new, after);
    const change = changeOf(before, after, money);
    counts[change?.change ?? 'unchanged']++;
    return change;
  }

  async function* merge(oldRows: Rows, newRows: Rows): AsyncGenerator<BillChange> {
    const [left, right] = [createRowCursor(oldRows), createRowCursor(newRows)];
    await left.step();
    await right.step();
    while (left.row !== undefined || right.row !== undefined) {
      const [before, after] = [left.row, right.row];
      const takeOld = before !== undefined && (after === undefined || before.id <= after.id);
      const takeNew = after !== undefined && (before === undefined || after.id <= before.id);
      const change = compare(takeOld ? before : undefined, takeNew ? after : undefined);
      if (change !== undefined) yield change;
      // Awaited only where a batch has to be read.
      const nextOld = takeOld ? left.step() : undefined;
      if (nextOld !== undefined) await nextOld;
      const nextNew = takeNew ? right.step() : undefined;
      if (nextNew !== undefined) await nextNew;
    }
  }

  /** Copies of one message have no order: as many as are equal count as unchanged, whatever the order of the rows. */
  async function* mergeUnmatched(): AsyncGenerator<BillChange> {
    const index = createRowIndex();
    for await (const rows of old) for (const row of rows) index.add(row);
    const unmatched: ExportRow[] = [];
    for await (const rows of fresh) {
      for (const row of rows) {
        const equal = index.take(row.id, (before) => changeOf(before, row, money) === undefined);
        if (equal === undefined) unmatched.push(row);
        else compare(equal, row);
      }
    }
    yield* merge(
      inOneBatch([...index.rest()].sort(byIdAndContent)),
      inOneBatch(unmatched.sort(byIdAndContent)),
    );
  }

  return {
    changes: () =>
      inBatches(
        sorted ? merge(inOrder(old), inOrder(fresh)) : mergeUnmatched(),
        CHANGES_A_BATCH,
        (change) => change,
      ),
    comparison: () => ({
      ...counts,
      /** Of the costs of both; undefined where a credit has no price. */
      currency: money?.currency,
      old: sums.old.value(),
      new: sums.new.value(),
    }),
  };
}

/** The difference of a message; undefined where there is none. */
function changeOf(
  before: ExportRow | undefined,
  after: ExportRow | undefined,
  money: RowCosts | undefined,
): BillChange | undefined {
  if (before === undefined) return after && { change: 'added', old: undefined, new: after };
  if (after === undefined) return { change: 'removed', old: before, new: undefined };
  if (money !== undefined && (before.cost === undefined) !== (after.cost === undefined)) {
    const withCost = (row: ExportRow) => ({ ...row, cost: money.costOf(row), currency: money.currency });
    return changeOf(withCost(before), withCost(after), undefined);
  }
  const fields = COMPARED_FIELDS.filter((field) => DIFFERS[field](before, after));
  return fields.length === 0 ? undefined : { change: 'changed', old: before, new: after, fields };
}

/** An export made without a timestamp or a cost says nothing of it. */
const DIFFERS: Readonly<Record<ComparedField, (before: ExportRow, after: ExportRow) => boolean>> = {
  timestamp: ({ timestamp: before }, { timestamp: after }) =>
    before !== undefined && after !== undefined && before !== after,
  report_name: (before, after) => before.reportName !== after.reportName,
  credits_used: (before, after) => compareAmounts(before.credits, after.credits) !== 0,
  cost: (before, after) =>
    before.cost !== undefined &&
    after.cost !== undefined &&
    (!before.cost.eq(after.cost) || before.currency !== after.currency),
};

/** Checks a whole batch when it arrives: the sooner that rows turn out unsorted, the less was in vain. */
async function* inOrder(batches: Rows): Rows {
  let last: number | bigint = Number.NEGATIVE_INFINITY;
  for await (const batch of batches) {
    for (const { id } of batch) {
      if (id <= last) throw new UnsortedRows();
      last = id;
    }
    yield batch;
  }
}

async function* inOneBatch(rows: readonly ExportRow[]): Rows {
  yield rows;
}

/** Steps through rows one at a time. */
function createRowCursor(batches: Rows) {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly ExportRow[] = [];
  let index = 0;

  async function refill(): Promise<void> {
    do {
      const { done, value } = await iterator.next();
      batch = done ? [] : value;
      index = 0;
      if (done) return;
    } while (batch.length === 0);
  }

  return {
    /** Undefined before the first and after the last. */
    get row() {
      return batch[index];
    },
    /** Goes on to the next row. A promise only where a batch has to be read. */
    step: () => (++index >= batch.length ? refill() : undefined),
  };
}

/** By rising id; copies by what they say, so that their order in a bill does not matter. */
function byIdAndContent(a: ExportRow, b: ExportRow): number {
  return (
    compareTexts(a.id, b.id) ||
    compareAmounts(a.credits, b.credits) ||
    compareTexts(a.timestamp ?? '', b.timestamp ?? '') ||
    compareTexts(a.reportName ?? '', b.reportName ?? '') ||
    (a.cost ?? NO_COST).comparedTo(b.cost ?? NO_COST)
  );
}

function compareTexts<Value extends string | number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
