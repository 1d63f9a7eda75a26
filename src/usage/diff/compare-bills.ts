import { type Amount, compareAmounts, createTotal, subtractAmounts } from '../../engine/index.js';
import type { ExportRow } from '../../source/export/export-row.js';
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

const COMPARED_FIELDS = ['timestamp', 'report_name', 'credits_used'] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/** The difference of a message that stands in both bills; undefined where there is none. */
function changeBetween(old: ExportRow, fresh: ExportRow): BillChange | undefined {
  const fields = COMPARED_FIELDS.filter((field) => differs(field, old, fresh));
  return fields.length === 0 ? undefined : { change: 'changed', old, new: fresh, fields };
}

function differs(field: ComparedField, old: ExportRow, fresh: ExportRow): boolean {
  switch (field) {
    case 'timestamp':
      // An export made without the field says nothing of it.
      return (
        old.timestamp !== undefined && fresh.timestamp !== undefined && old.timestamp !== fresh.timestamp
      );
    case 'report_name':
      return old.reportName !== fresh.reportName;
    case 'credits_used':
      return compareAmounts(old.credits, fresh.credits) !== 0;
  }
}

/** New credits minus old ones; a message that is not in a bill costs nothing there. */
export function differenceOf(change: BillChange): Amount {
  return subtractAmounts(change.new?.credits ?? 0, change.old?.credits ?? 0);
}

export interface BillSum {
  readonly messages: number;
  /** Credits, exact. */
  readonly credits: Amount;
}

/** How two bills compare. */
export interface Comparison {
  readonly old: BillSum;
  readonly new: BillSum;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

type Rows = AsyncIterable<readonly ExportRow[]>;

const CHANGES_A_BATCH = 1000;

/**
 * Compares two bills message by message and yields what differs, by rising id; the comparison is complete when
 * the changes have all been taken.
 *
 * @param sorted both rise by id: nothing is held in memory. Otherwise every row of `old` is.
 * @throws UnsortedRows when they were said to be sorted and are not; whatever the rows throw
 */
export function compareBills(old: Rows, fresh: Rows, sorted: boolean) {
  const counts = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  const sums = { old: createSum(), new: createSum() };

  /** The change between two rows of one message, counted. */
  function compare(before: ExportRow | undefined, after: ExportRow | undefined): BillChange | undefined {
    if (before !== undefined) sums.old.add(before);
    if (after !== undefined) sums.new.add(after);
    const change = changeOf(before, after);
    counts[change?.change ?? 'unchanged']++;
    return change;
  }

  async function* merged(): AsyncGenerator<BillChange> {
    const left = createRowCursor(old);
    const right = createRowCursor(fresh);
    await left.step();
    await right.step();
    while (left.row !== undefined || right.row !== undefined) {
      const [before, after] = [left.row, right.row];
      const takeOld = before !== undefined && (after === undefined || before.id <= after.id);
      const takeNew = after !== undefined && (before === undefined || after.id <= before.id);
      const change = compare(takeOld ? before : undefined, takeNew ? after : undefined);
      if (change !== undefined) yield change;
      const waitsOld = takeOld ? left.step() : undefined;
      if (waitsOld !== undefined) await waitsOld;
      const waitsNew = takeNew ? right.step() : undefined;
      if (waitsNew !== undefined) await waitsNew;
    }
  }

  /** Copies of one message have no order: as many as are equal count as unchanged, whatever the order of the rows. */
  async function* indexed(): AsyncGenerator<BillChange> {
    const index = createRowIndex();
    for await (const rows of old) for (const row of rows) index.add(row);
    const unmatched: ExportRow[] = [];
    for await (const rows of fresh) {
      for (const row of rows) {
        const equal = index.take(row.id, (before) => changeBetween(before, row) === undefined);
        if (equal === undefined) unmatched.push(row);
        else compare(equal, row);
      }
    }
    yield* mergeSorted([...index.rest()].sort(byIdAndContent), unmatched.sort(byIdAndContent), compare);
  }

  return {
    changes: () => inBatches(sorted ? merged() : indexed()),
    comparison: (): Comparison => ({ ...counts, old: sums.old.value(), new: sums.new.value() }),
  };
}

function createSum() {
  const total = createTotal();
  let messages = 0;
  return {
    add({ credits }: ExportRow): void {
      messages++;
      total.add(credits);
    },
    value: (): BillSum => ({ messages, credits: total.value() }),
  };
}

function changeOf(before: ExportRow | undefined, after: ExportRow | undefined): BillChange | undefined {
  if (before !== undefined && after !== undefined) return changeBetween(before, after);
  if (after !== undefined) return { change: 'added', old: undefined, new: after };
  return before && { change: 'removed', old: before, new: undefined };
}

function* mergeSorted(
  old: readonly ExportRow[],
  fresh: readonly ExportRow[],
  compare: (before: ExportRow | undefined, after: ExportRow | undefined) => BillChange | undefined,
): Generator<BillChange> {
  let [left, right] = [0, 0];
  while (left < old.length || right < fresh.length) {
    const [before, after] = [old[left], fresh[right]];
    const takeOld = before !== undefined && (after === undefined || before.id <= after.id);
    const takeNew = after !== undefined && (before === undefined || after.id <= before.id);
    const change = compare(takeOld ? before : undefined, takeNew ? after : undefined);
    if (change !== undefined) yield change;
    if (takeOld) left++;
    if (takeNew) right++;
  }
}

/** By rising id; copies by what they say, so that their order in a bill does not matter. */
function byIdAndContent(a: ExportRow, b: ExportRow): number {
  return (
    compareTexts(a.id, b.id) ||
    compareAmounts(a.credits, b.credits) ||
    compareTexts(a.timestamp ?? '', b.timestamp ?? '') ||
    compareTexts(a.reportName ?? '', b.reportName ?? '')
  );
}

function compareTexts<Value extends string | number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function* inBatches(changes: AsyncIterable<BillChange>): AsyncGenerator<BillChange[]> {
  let batch: BillChange[] = [];
  for await (const change of changes) {
    batch.push(change);
    if (batch.length < CHANGES_A_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Rows that do not rise by id, so that they cannot be compared as they arrive. */
export class UnsortedRows extends Error {}

/** Walks through batches of rows whose ids rise, one row at a time. */
export interface RowCursor {
  /** Undefined at the end. */
  readonly row: ExportRow | undefined;
  /**
   * Goes on to the next row, or the first. A promise only where a batch has to be waited for.
   *
   * @throws UnsortedRows at a batch with an id that is not larger than the one before
   */
  step(): Promise<void> | void;
}

function createRowCursor(batches: AsyncIterable<readonly ExportRow[]>): RowCursor {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly ExportRow[] = [];
  let index = 0;
  let last: number | bigint = Number.NEGATIVE_INFINITY;

  /** A whole batch is looked at when it comes: the sooner that rows turn out unsorted, the less was in vain. */
  function checkOrder(): void {
    for (const { id } of batch) {
      if (id <= last) throw new UnsortedRows();
      last = id;
    }
  }

  async function refill(): Promise<void> {
    do {
      const { done, value } = await iterator.next();
      batch = done ? [] : value;
      index = 0;
      if (done) return;
    } while (batch.length === 0);
    checkOrder();
  }

  return {
    get row() {
      return batch[index];
    },
    step() {
      if (++index >= batch.length) return refill();
    },
  };
}
