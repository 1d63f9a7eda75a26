import { performance } from 'node:perf_hooks';

/** Microseconds for one unit of work. */
export interface Spread {
  readonly min: number;
  readonly median: number;
}

/** A piece of work done `units` times by one call of `run`. */
export interface Work {
  readonly units: number;
  readonly run: () => unknown;
}

/** Runs each work once a round, in turn, after `warmUp` rounds that do not count. */
export function measureSideBySide(works: readonly Work[], rounds: number, warmUp: number): Spread[] {
  const times = works.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++) {
    works.forEach(({ units, run }, index) => {
      const begin = performance.now();
      run();
      const microseconds = ((performance.now() - begin) * 1000) / units;
      if (round >= 0) times[index]?.push(microseconds);
    });
  }
  return times.map(spreadOf);
}

function spreadOf(times: number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}
