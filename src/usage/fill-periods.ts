import { CommandLineError } from '../errors.js';
import { periodOf } from './calendar.js';
import { dayText } from './day.js';
import type { RawGroup, RawKey } from './group-keys.js';
import { type Grouping, isCalendarUnit } from './grouping.js';

/** More rows of nothing help nobody: one message with a mistyped year would make millions. */
const MOST_EMPTY = 10_000;

/**
 * Adds a group of zero for every period of the range that has no group, where the groups are periods.
 *
 * @param days the first and the last day shown, as whole days since 1970-01-01
 * @throws CommandLineError when more than 10,000 would be added
 */
export function fillPeriods(
  groups: readonly RawGroup[],
  by: readonly Grouping[],
  days: { readonly first: number | undefined; readonly last: number | undefined },
): readonly RawGroup[] {
  const { first, last } = days;
  const units = by.map((grouping) => (isCalendarUnit(grouping) ? grouping : undefined));
  if (first === undefined || last === undefined || !units.some(Boolean)) return groups;

  const periodKeys = (keys: readonly RawKey[]) => keys.filter((_, index) => units[index]).join();
  const seen = new Set(groups.map(({ keys }) => periodKeys(keys)));
  const empty: RawGroup[] = [];
  for (let day = first; day <= last; day++) {
    const keys = units.map((unit) => unit && periodOf(unit, day));
    const name = periodKeys(keys);
    if (seen.has(name)) continue;
    seen.add(name);
    empty.push({ keys, messages: 0, credits: 0 });
    if (empty.length > MOST_EMPTY) {
      throw new CommandLineError(
        `--by: more than ${MOST_EMPTY} periods from ${dayText(first)} to ${dayText(last)} hold no message; choose longer ones, or --since and --until`,
      );
    }
  }
  return [...groups, ...empty];
}
