/** What a bar of the chart spans. */
export type Unit = 'day' | 'month' | 'year';

const PREFIX = { day: 10, month: 7, year: 4 } as const;
const DAY = 86_400_000;

/** More bars than this are neither readable nor quick to draw. */
const MOST_BARS = 800;

/** Days, unless the days (both YYYY-MM-DD) lie so far apart that only months or years make a chart. */
export function chooseUnit(first: string, last: string): Unit {
  const days = (Date.parse(last) - Date.parse(first)) / DAY;
  if (days < MOST_BARS) return 'day';
  return days / 31 < MOST_BARS ? 'month' : 'year';
}

/** The bar a day belongs to: its own YYYY-MM-DD, YYYY-MM or YYYY. */
export function barOf(day: string, unit: Unit): string {
  return day.slice(0, PREFIX[unit]);
}

/** Every bar from the one of `first` to the one of `last`, empty days included. */
export function barsBetween(first: string, last: string, unit: Unit): string[] {
  const bars = new Set<string>();
  const end = barOf(last, unit);
  const step = unit === 'day' ? 1 : 28;
  for (let time = Date.parse(first); !bars.has(end); time += step * DAY) {
    const bar = barOf(new Date(time).toISOString(), unit);
    if (bar > end) break;
    bars.add(bar);
  }
  return [...bars];
}

/** The first day of a bar, YYYY-MM-DD. */
export function firstDayOf(bar: string): string {
  return bar + '-01-01'.slice(bar.length - PREFIX.year);
}

/** The last day of a bar, YYYY-MM-DD. */
export function lastDayOf(bar: string): string {
  if (bar.length === PREFIX.day) return bar;
  if (bar.length === PREFIX.year) return `${bar}-12-31`;
  const inNextMonth = Date.parse(`${bar}-28`) + 4 * DAY;
  return new Date(Date.parse(`${barOf(new Date(inNextMonth).toISOString(), 'month')}-01`) - DAY)
    .toISOString()
    .slice(0, PREFIX.day);
}

/** A day as the page shows and reads it everywhere, YYYY-MM-DD; undefined for anything else. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const time = Date.parse(text);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  return exists ? text : undefined;
}
