import type { ExportRow } from '../source/export/export-row.js';

/** Rows that do not rise by id, so that they cannot be compared as they arrive. */
export class UnsortedRows extends Error {}

/** Walks through batches of rows whose ids rise, one row at a time. */
export interface RowCursor {
  /** Undefined at the end. */
  readonly row: ExportRow | undefined;
  /**
   * Goes on to the next row, or the first. A promise only where a batch has to be waited for.
   *
   * @throws UnsortedRows at an id that is not larger than the one before
   */
  step(): Promise<void> | void;
}

export function createRowCursor(batches: AsyncIterable<readonly ExportRow[]>): RowCursor {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly ExportRow[] = [];
  let index = -1;
  let row: ExportRow | undefined;

  function take(): void {
    const next = batch[index];
    if (row !== undefined && next !== undefined && next.id <= row.id) throw new UnsortedRows();
    row = next;
  }

  async function refill(): Promise<void> {
    while (index >= batch.length) {
      const { done, value } = await iterator.next();
      if (done) {
        row = undefined;
        return;
      }
      batch = value;
      index = 0;
    }
    take();
  }

  return {
    get row() {
      return row;
    },
    step() {
      if (++index >= batch.length) return refill();
      take();
    },
  };
}
