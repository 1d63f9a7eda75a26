import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALENDAR_UNITS, dayOfDate, periodOf } from '../../src/calendar/days.js';
import { hasDay, openTimeZone } from '../../src/calendar/time-zone.js';
import { hundredths } from '../../src/engine/index.js';
import {
  emptyPeriods,
  type Grouping,
  type GroupKey,
  isCalendarUnit,
} from '../../src/usage/summary/groups.js';

const APIA = openTimeZone('Pacific/Apia');
const nameOf = (keys: readonly (GroupKey | undefined)[]) => JSON.stringify(keys);
const FIRST = dayOfDate(2011, 1, 1);

test('fault A4 (few messages far apart): each day is in one group, in one span that is left out, or is no day', () => {
  const unit = fc.constantFrom<Grouping>(...CALENDAR_UNITS);
  const by = fc.oneof(
    fc.tuple(unit),
    fc.tuple(unit, unit),
    fc.tuple(fc.constant<Grouping>('kind'), unit),
    fc.tuple(unit, fc.constant<Grouping>('kind')),
  );
  const offsets = fc.array(fc.oneof(fc.nat(40), fc.nat(800), fc.nat(20_000)), { minLength: 0, maxLength: 6 });
  fc.assert(
    fc.property(
      by,
      offsets,
      fc.nat(30),
      fc.oneof(fc.nat(400), fc.nat(9000)),
      (groupings, found, before, after) => {
        const keysAt = (day: number) =>
          groupings.map((grouping) =>
            isCalendarUnit(grouping) ? { by: grouping, period: periodOf(grouping, day) } : undefined,
          );
        const days = found.map((offset) => FIRST + offset);
        const range = {
          first: Math.min(FIRST + 800, ...days) - before,
          last: Math.max(FIRST, ...days) + after,
        };
        if (range.last < range.first) return;
        const groups = [...new Map(days.map((day) => [nameOf(keysAt(day)), keysAt(day)])).values()].map(
          (keys) => ({
            keys,
            messages: 1,
            credits: hundredths(100),
          }),
        );
        const empty = emptyPeriods(groups, groupings, range, APIA);

        expect(empty.groups.length).toBeLessThanOrEqual(1000);
        const names = [...groups, ...empty.groups].map(({ keys }) => nameOf(keys));
        expect(new Set(names).size).toBe(names.length);
        const shown = new Set(names);
        const wrong: number[] = [];
        let leftOut = 0;
        for (let day = range.first; day <= range.last; day++) {
          const isLeftOut = empty.leftOut.some(({ first, last }) => first <= day && day <= last);
          if (isLeftOut) leftOut++;
          const exists = !groupings.includes('day') || hasDay(APIA, day) || days.includes(day);
          if (shown.has(nameOf(keysAt(day))) !== (!isLeftOut && exists)) wrong.push(day);
        }
        expect(wrong).toEqual([]);
        // What is left out would not have fitted: with the shortest span that is left out there are too many.
        if (leftOut > 0) expect(empty.groups.length + leftOut).toBeGreaterThan(1000);
      },
    ),
    { numRuns: 150 },
  );
});
