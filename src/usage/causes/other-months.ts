import { DataError } from '../../errors.js';
import { instantOf } from '../../source/timestamp.js';
import { periodOf, periodText } from '../calendar.js';
import type { TimeZone } from '../time-zone.js';
import type { CauseFinder } from './cause.js';
import { createParts, withoutParts } from './parts.js';

/** Finds messages outside the local calendar month that most are in; of two such, the later. */
export function createOtherMonthsCause(zone: TimeZone): CauseFinder {
  const parts = createParts();
  return {
    add({ id, timestamp, credits }) {
      if (timestamp === undefined) return;
      const instant = instantOf(timestamp);
      if (Number.isNaN(instant)) {
        throw new DataError(`message ${id}`, 'is not an RFC 3339 timestamp', 'timestamp');
      }
      parts.add(periodText('month', periodOf('month', zone.dayOf(instant))), credits);
    },
    value() {
      const all = parts.value();
      const most = Math.max(...all.map(({ messages }) => messages));
      const main = all.findLast(({ messages }) => messages === most);
      const months = all.filter((part) => part !== main);
      if (main === undefined || months.length === 0) return undefined;
      return { cause: 'other-months', ...withoutParts(months), month: main.name, months };
    },
  };
}
