import type { ExportRow } from '../../source/export/export-row.js';

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

export function createRowCursor(batches: AsyncIterable<readonly ExportRow[]>): RowCursor {
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
