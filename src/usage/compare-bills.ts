import { type Amount, createTotal } from '../engine/index.js';
import type { ExportRow } from '../source/export/export-row.js';
import { type BillChange, changeBetween } from './bill-change.js';
import { createRowCursor } from './row-cursor.js';
import { createRowIndex } from './row-index.js';

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

  async function* indexed(): AsyncGenerator<BillChange> {
    const index = createRowIndex();
    for await (const rows of old) for (const row of rows) index.add(row);
    const changes: BillChange[] = [];
    const note = (change: BillChange | undefined) => {
      if (change !== undefined) changes.push(change);
    };
    for await (const rows of fresh) for (const row of rows) note(compare(index.take(row.id), row));
    for (const row of index.rest()) note(compare(row, undefined));
    yield* changes.sort(byId);
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

function byId(a: BillChange, b: BillChange): number {
  const [left, right] = [(a.new ?? a.old).id, (b.new ?? b.old).id];
  return left < right ? -1 : left > right ? 1 : 0;
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
