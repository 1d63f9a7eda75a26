import { createRandom } from '../engine/corpus.js';

/** Usage of a made-up month by day. */
export interface MadeUpPeriod {
  /** As whole days since 1970-01-01. */
  readonly firstDay: number;
  readonly lastDay: number;
  readonly days: readonly number[];
}

/** What the expected usage of a day is multiplied by. */
type Usage = (day: {
  readonly weekday: number;
  /** From 0 on. */
  readonly index: number;
  readonly length: number;
  readonly random: () => number;
}) => number;

interface Pattern {
  readonly usage: Usage;
  /** Messages of a typical day: from a small customer to a large one. */
  readonly least: number;
  readonly most: number;
}

const OFFICE = [1.1, 1.15, 1.1, 1.05, 0.9, 0.4, 0.3];
const weekdays: Usage = ({ weekday }) => OFFICE[weekday] ?? 1;
const withOffice =
  (pattern: Usage): Usage =>
  (day) =>
    weekdays(day) * pattern(day);

const usual = (usage: Usage): Pattern => ({ usage, least: 10, most: 1000 });

export const PATTERNS: Readonly<Record<string, Pattern>> = {
  flat: usual(() => 1),
  'weekday pattern': usual(weekdays),
  'empty weekends': usual(({ weekday }) => (weekday >= 5 ? 0 : 1)),
  'growth 2 % a day': usual(withOffice(({ index }) => 1.02 ** index)),
  'decline 2 % a day': usual(withOffice(({ index }) => 0.98 ** index)),
  bursts: usual(withOffice(({ random }) => (random() < 0.07 ? 4 + 4 * random() : 1))),
  'month ends': usual(withOffice(({ index, length }) => (index >= length - 3 ? 2 : 1))),
  'few messages': { usage: weekdays, least: 1, most: 5 },
};

/** Relative deviation of days from what their pattern says. */
const UNSTEADINESS = 0.25;

/** Periods of one pattern: each is a month from 2021 to 2028 with its own amount of usage; the same ones on every machine. */
export function makePeriods({ usage, least, most }: Pattern, count: number, seed: number): MadeUpPeriod[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const month = Math.floor(random() * 96);
    const firstDay = Date.UTC(2021, month, 1) / 86_400_000;
    const length = Date.UTC(2021, month + 1, 1) / 86_400_000 - firstDay;
    const messages = least * (most / least) ** random();
    const days = Array.from({ length }, (_, index) => {
      const weekday = (firstDay + index + 3) % 7;
      const noise = Math.max(0, 1 + UNSTEADINESS * normal(random));
      return usageOf(messages * usage({ weekday, index, length, random }) * noise, random);
    });
    return { firstDay, lastDay: firstDay + length - 1, days };
  });
}

/** Credits of about so many messages: one of ten costs what a report costs, the others what a text costs. */
function usageOf(expected: number, random: () => number): number {
  const messages = Math.max(0, Math.round(expected + Math.sqrt(expected) * normal(random)));
  let credits = 0;
  for (let message = 0; message < messages; message++) {
    credits += random() < 0.1 ? 30 + 80 * random() : 1 + 8 * random();
  }
  return credits;
}

/** Of the standard normal distribution (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
