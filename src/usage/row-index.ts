import type { ExportRow } from '../source/export/export-row.js';

/** Rows by id; of several with one id, the first added is the first taken. */
export function createRowIndex() {
  const rows = new Map<number | bigint, ExportRow>();
  const copies = new Map<number | bigint, ExportRow[]>();
  const names = new Map<string, string>();

  function sharedName(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const known = names.get(name) ?? detached(name);
    names.set(known, known);
    return known;
  }

  return {
    add(row: ExportRow): void {
      const kept = {
        ...row,
        timestamp: row.timestamp && detached(row.timestamp),
        reportName: sharedName(row.reportName),
      };
      if (!rows.has(row.id)) rows.set(row.id, kept);
      else copies.set(row.id, [...(copies.get(row.id) ?? []), kept]);
    },

    take(id: number | bigint): ExportRow | undefined {
      const row = rows.get(id);
      const next = copies.get(id)?.shift();
      if (next === undefined) rows.delete(id);
      else rows.set(id, next);
      return row;
    },

    *rest(): Generator<ExportRow> {
      for (const row of rows.values()) {
        yield row;
        yield* copies.get(row.id) ?? [];
      }
    },
  };
}

/** A piece of a chunk of the file keeps the whole chunk in memory; a copy of its characters does not. */
function detached(text: string): string {
  const encoding = /^\p{ASCII}*$/u.test(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
