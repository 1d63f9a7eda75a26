import { FEWEST_DAYS, forecast } from '../../src/usage/forecast/forecast.js';
import { spreadOf } from '../side-by-side.js';
import { type MadeUpPeriod, makePeriods, PATTERNS } from './periods.js';

/** How well the end of made-up periods was foreseen; errors are in percent of the true end. */
export interface ForecastRow {
  /** The number of days that were over, or the pattern, of which all days were tried. */
  readonly after: string;
  /** Median of the absolute errors. */
  readonly error: number;
  /** Of a straight line through the days that were over. */
  readonly straightLine: number;
  readonly ratio: number;
  /** Percent of the ends that were in the interval. */
  readonly coverage: number;
}

interface Trial {
  readonly error: number;
  readonly straightLine: number;
  readonly covered: boolean;
}

/** The last day of months that all have. */
const LAST_TRIED = 27;

/** Forecasts each period after each of its days. */
export function measureForecast(count = 400): ForecastRow[] {
  const trials: (Trial & { readonly pattern: string; readonly over: number })[] = [];
  for (const [index, [name, pattern]] of Object.entries(PATTERNS).entries()) {
    for (const period of makePeriods(pattern, count, 20240429 + index)) {
      for (let over = FEWEST_DAYS; over <= LAST_TRIED; over++) {
        trials.push({ pattern: name, over, ...tryForecast(period, over) });
      }
    }
  }
  const days = new Set(trials.map(({ over }) => over));
  return [
    ...[...days].map((day) =>
      rowOf(
        `${day} days`,
        trials.filter(({ over }) => over === day),
      ),
    ),
    ...Object.keys(PATTERNS).map((name) =>
      rowOf(
        name,
        trials.filter(({ pattern }) => pattern === name),
      ),
    ),
    rowOf('all', trials),
  ];
}

function tryForecast({ firstDay, lastDay, days }: MadeUpPeriod, over: number): Trial {
  const seen = days.slice(0, over);
  const last = forecast({ days: [...seen, 0], elapsed: 0, firstDay, lastDay })?.at(-1);
  if (last === undefined) throw new Error('no forecast');
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const end = sum(days);
  const errorOf = (projected: number) => (100 * Math.abs(projected - end)) / end;
  return {
    error: errorOf(last.projected),
    straightLine: errorOf((sum(seen) / over) * days.length),
    covered: last.low <= end && end <= last.high,
  };
}

function rowOf(after: string, trials: readonly Trial[]): ForecastRow {
  const error = median(trials.map((trial) => trial.error));
  const straightLine = median(trials.map((trial) => trial.straightLine));
  const covered = trials.filter((trial) => trial.covered).length;
  return {
    after,
    error: round(error),
    straightLine: round(straightLine),
    ratio: round(error / straightLine),
    coverage: Math.round((100 * covered) / trials.length),
  };
}

const median = (values: readonly number[]) => spreadOf(values, 9).median;

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
