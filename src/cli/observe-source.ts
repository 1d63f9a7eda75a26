import type { SourceObserver } from '../source/source.js';
import type { Run } from './host.js';
import type { RunChoice } from './options/run-options.js';
import type { Progress } from './progress.js';

/** Counts what is retried and says so with `--verbose`, a line each on stderr. */
export function observeSource({ host }: Run, { verbose }: RunChoice, progress: Progress) {
  let retries = 0;
  return {
    retry({ url, reason, attempt, delay }) {
      retries++;
      if (!verbose) return;
      progress.stop();
      host.stderr.write(`o-copilot: attempt ${attempt} of GET ${url}: ${reason}; again in ${delay} ms\n`);
    },
    /** Requests made again so far. */
    retries: () => retries,
  } satisfies SourceObserver & { retries: () => number };
}
