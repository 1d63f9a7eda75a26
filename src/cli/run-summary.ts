import { sumsInWords } from '../format/amounts.js';
import { SUMMARY_FORMATS } from '../format/formats.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import { openPriced } from './open-priced.js';
import { resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { pricedFrom } from './options/summary-options.js';
import { withReceipt } from './with-receipt.js';
import { writeSummary } from './write-summary.js';

/** Runs `summary`: what it holds in memory grows with the groups, not with the messages. */
export async function runSummary(flags: RawFlags, run: Run): Promise<void> {
  const now = Date.now();
  const output = resultFrom(flags, SUMMARY_FORMATS);
  await withReceipt({ command: 'summary', flags, output, now }, run, async (receipt) => {
    const priced = pricedFrom(flags);
    const period =
      priced === undefined
        ? await openPeriod(flags, run, { ...receipt?.watcher, textsUnread: true })
        : await openPriced(priced, flags, run);
    try {
      await deliver(
        { ...output, onDigest: receipt?.seal },
        run,
        (writer) => writeSummary(flags, period, now, writer, run),
        ({ messages, credits }) => sumsInWords(messages, credits, period.outOf()),
      );
      await receipt?.write(period);
    } finally {
      await period.close();
    }
  });
}
