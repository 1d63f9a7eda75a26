/*
 * What the commands do, as one module: loaded together they are one file, where one by one they would share
 * dozens of small ones, each of which costs a start half a millisecond. `serve` is not here, for its size.
 */

export { reportFailedStart } from './guard-job.js';
export { runConfig } from './run-config.js';
export { runDiff } from './run-diff.js';
export { runExplain } from './run-explain.js';
export { checkFiles } from './run-files.js';
export { runMerge } from './run-merge.js';
export { runPrice } from './run-price.js';
export { runRates } from './run-rates.js';
export { runSnapshot } from './run-snapshot.js';
export { runSummary } from './run-summary.js';
export { runUsage } from './run-usage.js';
export { runVerify } from './run-verify.js';
