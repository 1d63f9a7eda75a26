import type { ExportRow } from '../../document/records.js';
import { type Amount, ZERO } from '../../engine/index.js';
import { createIdTable } from '../pricing/ids.js';

/**
 * Rows by id. It holds what bills are compared by,
 * column by column: about 80 bytes a row. All rows are added before the first is taken.
 */
export function createRowIndex() {
  const firstRows = createIdTable(true);
  /** Of duplicate ids: the rows after the first. */
  const copies = new Map<number | bigint, number[]>();
  const ids: (number | bigint)[] = [];
  const credits: Amount[] = [];
  const timestamps = createTextColumn();
  const reportNames = createTextColumn();
  /** Of rows that have one. */
  const costs = new Map<number, Pick<ExportRow, 'cost' | 'currency'>>();
  /** 1 for each row that was taken; made when the first is. */
  let taken: Uint8Array | undefined;

  function rowAt(row: number): ExportRow {
    return {
      id: ids[row] ?? 0,
      timestamp: timestamps.get(row),
      reportName: reportNames.get(row),
      credits: credits[row] ?? ZERO,
      reportId: undefined,
      kind: undefined,
      ...costs.get(row),
    };
  }

  return {
    add({ id, timestamp, reportName, credits: amount, cost, currency }: ExportRow): void {
      const row = ids.push(id) - 1;
      credits.push(amount);
      if (cost !== undefined) costs.set(row, { cost, currency });
      timestamps.add(timestamp);
      reportNames.add(reportName);
      if (firstRows.addOrGet(id, row) === undefined) return;
      const known = copies.get(id);
      if (known === undefined) copies.set(id, [row]);
      else known.push(row);
    },

    /** Takes a row of this id for which `wanted` holds; undefined where none is left. */
    take(id: number | bigint, wanted: (row: ExportRow) => boolean): ExportRow | undefined {
      taken ??= new Uint8Array(ids.length);
      const first = firstRows.get(id);
      for (const row of first === undefined ? [] : [first, ...(copies.get(id) ?? [])]) {
        if (taken[row] === 1) continue;
        const found = rowAt(row);
        if (!wanted(found)) continue;
        taken[row] = 1;
        return found;
      }
    },

    /** The rows that were not taken. */
    *rest(): Generator<ExportRow> {
      for (const row of ids.keys()) if (taken?.[row] !== 1) yield rowAt(row);
    },
  };
}

/** Bytes to begin with; it grows. */
const INITIAL_CAPACITY = 64 * 1024;

/** The texts of a column one after the other in one buffer: a string each would take three times the memory. */
export function createTextColumn() {
  let bytes = Buffer.alloc(INITIAL_CAPACITY);
  const ends: number[] = [];
  /** Texts that are not ASCII. */
  const others = new Map<number, string>();

  function append(text: string): void {
    const end = (ends.at(-1) ?? 0) + text.length;
    if (end > bytes.length) bytes = Buffer.concat([bytes], Math.max(end, bytes.length * 2));
    bytes.write(text, end - text.length, 'latin1');
    ends.push(end);
  }

  return {
    /** Adds the text of the next row; none and an empty one are the same. */
    add(text: string | undefined = ''): void {
      const plain = /^\p{ASCII}*$/u.test(text);
      if (!plain) others.set(ends.length, text);
      append(plain ? text : '');
    },
    get(row: number): string | undefined {
      const other = others.get(row);
      if (other !== undefined) return other;
      return bytes.toString('latin1', ends[row - 1] ?? 0, ends[row]) || undefined;
    },
  };
}
