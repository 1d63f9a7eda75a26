import { createIdLog } from './id-log.js';
import { createIdTable } from './id-table.js';

/**
 * Knows which message ids were seen. While ids only rise (or only fall) it costs next to no memory; from the
 * first one out of order on, every id is in a table of at most 40 bytes an id.
 */
export function createIdHistory() {
  let log: ReturnType<typeof createIdLog> | undefined;
  let direction = 0;
  let table: ReturnType<typeof createIdTable> | undefined;
  const large = new Set<bigint>();

  return {
    /** Adds `id`; false when it was there already. */
    add(id: number | bigint): boolean {
      if (typeof id === 'bigint') return large.size < large.add(id).size;
      if (table !== undefined) return table.addOrGet(id) === undefined;
      if (log === undefined) {
        log = createIdLog(id);
        return true;
      }
      const step = id - log.last();
      const turn = Math.sign(step);
      // A step beyond 2^53 is no exact number, so the log could not give the id back.
      if (Number.isSafeInteger(step) && turn !== 0 && (turn === direction || direction === 0)) {
        direction = turn;
        log.append(id);
        return true;
      }
      table = createIdTable(false);
      for (const earlier of log.ids()) table.addOrGet(earlier);
      log = undefined;
      return table.addOrGet(id) === undefined;
    },
  };
}
