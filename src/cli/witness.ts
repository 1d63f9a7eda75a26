import type { PeriodOptions } from './open-period.js';

/** Watches what a period is computed from and what it gives. */
export type Witness = Awaited<ReturnType<typeof openWitness>>;

/** Loaded when asked for: an export without a receipt needs no digests. */
export async function openWitness() {
  const [{ createInputDigests }, { observeRows }] = await Promise.all([
    import('../source/digest-source.js'),
    import('../receipt/row-sums.js'),
  ]);
  const inputs = createInputDigests();
  const rows = observeRows();
  return {
    watcher: { wrapSource: inputs.wrap, watchRows: rows.watch } satisfies PeriodOptions,
    inputs: inputs.value,
    rows: rows.value,
  };
}
