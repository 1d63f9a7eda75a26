import type { Amount } from '../../engine/index.js';
import type { ExportRow } from '../../source/export/export-row.js';
import { createIdTable } from '../pricing/ids.js';

/**
 * Rows by id. It keeps what bills are compared by,
 * column by column: about 80 bytes a row. All rows are added before the first is taken.
 */
export function createRowIndex() {
  const table = createIdTable(true);
  const large = new Map<bigint, number>();
  /** Of ids that stand more than once: the rows after the first. */
  const copies = new Map<number | bigint, number[]>();
  const ids: (number | bigint)[] = [];
  const credits: Amount[] = [];
  const timestamps = createTextColumn();
  const reportNames = createTextColumn();
  /** 1 for each row that was taken; made when the first is. */
  let taken: Uint8Array | undefined;

  function firstRow(id: number | bigint): number | undefined {
    return typeof id === 'number' ? table.get(id) : large.get(id);
  }

  function noteRow(id: number | bigint, row: number): void {
    if (firstRow(id) !== undefined) {
      const known = copies.get(id);
      if (known === undefined) copies.set(id, [row]);
      else known.push(row);
    } else if (typeof id === 'number') table.addOrGet(id, row);
    else large.set(id, row);
  }

  function rowAt(row: number): ExportRow {
    return {
      id: ids[row] ?? 0,
      timestamp: timestamps.get(row),
      reportName: reportNames.get(row),
      credits: credits[row] ?? 0,
      reportId: undefined,
      kind: undefined,
    };
  }

  return {
    add(row: ExportRow): void {
      noteRow(row.id, ids.length);
      ids.push(row.id);
      credits.push(row.credits);
      timestamps.add(row.timestamp);
      reportNames.add(row.reportName);
    },

    /** Takes a row of this id for which `wanted` holds; undefined where none is left. */
    take(id: number | bigint, wanted: (row: ExportRow) => boolean): ExportRow | undefined {
      taken ??= new Uint8Array(ids.length);
      const first = firstRow(id);
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
const ROOM = 64 * 1024;

/** The texts of a column one after the other in one buffer: a string each would take three times the memory. */
export function createTextColumn() {
  let bytes = Buffer.alloc(ROOM);
  const ends: number[] = [];
  /** What Latin-1 cannot carry. */
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
