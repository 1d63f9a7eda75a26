import { createTotal, subtractAmounts } from '../../engine/index.js';
import type { ExportRow } from '../../source/export/export-row.js';
import { createIdHistory } from '../id-history.js';
import type { Cause } from './cause.js';

/** Ids named; more are counted only. */
const MOST_IDS = 20;

/** Finds messages whose id came before. @param counted whether the total has them */
export function createCopyCause(counted: boolean) {
  const history = createIdHistory();
  const credits = createTotal();
  const ids = new Set<number | bigint>();
  let messages = 0;

  return {
    /** Whether the row is a copy. */
    add(row: ExportRow): boolean {
      if (history.add(row.id)) return false;
      messages++;
      credits.add(row.credits);
      if (ids.size < MOST_IDS) ids.add(row.id);
      return true;
    },
    value(): Cause | undefined {
      if (messages === 0) return undefined;
      const cost = credits.value();
      const effect = counted ? subtractAmounts(0, cost) : cost;
      return { cause: 'copies', messages, credits: cost, effect, counted, ids: [...ids] };
    },
  };
}
