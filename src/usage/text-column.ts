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
