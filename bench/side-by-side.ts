import type { Measured } from './measure-process.js';

/** A command measured against another one, run in turn. */
export interface Row {
  readonly what: string;
  /** Wall time over that of the other command, round by round. */
  readonly ratio: Spread;
  readonly milliseconds: Spread;
  /** Peak memory of the command, megabytes. */
  readonly peak: Spread;
}

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Runs `measure` and `against` in turn, `rounds` times after one round that does not count. */
export async function sideBySide(
  what: string,
  measure: () => Promise<Measured>,
  against: () => Promise<Measured>,
  rounds = 5,
): Promise<Row> {
  const measured: Measured[] = [];
  const ratios: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const other = await against();
    const ours = await measure();
    if (round < 0) continue;
    measured.push(ours);
    ratios.push(ours.milliseconds / other.milliseconds);
  }
  return {
    what,
    ratio: spreadOf(ratios),
    milliseconds: spreadOf(measured.map(({ milliseconds }) => milliseconds)),
    peak: spreadOf(measured.map(({ peak }) => peak)),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b).map((value) => Number(value.toFixed(3)));
  const [min = Number.NaN] = sorted;
  return { min, median: sorted[sorted.length >> 1] ?? min, max: sorted.at(-1) ?? min };
}
