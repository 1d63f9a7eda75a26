import { sumsInWords } from '../format/amounts.js';
import { readsText } from '../usage/rows/row-query.js';
import { deliver } from './deliver.js';
import { guardJob } from './guard-job.js';
import type { Run } from './host.js';
import { openPeriod, type PeriodOptions } from './open-period.js';
import { outputFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { withReceipt } from './with-receipt.js';
import { writeUsage } from './write-usage.js';

/** Runs `usage`: everything is checked before the first request, and nothing is shown before the last message. */
export function runUsage(flags: RawFlags, run: Run, options: PeriodOptions = {}): Promise<void> {
  return guardJob(flags, run, async (record) => {
    const now = Date.now();
    const output = outputFrom(flags);
    const textsUnread = !output.fields.some(readsText);
    await withReceipt({ command: 'usage', flags, output, now }, run, async (receipt) => {
      const period = await openPeriod(flags, run, { ...options, ...receipt?.watcher, textsUnread });
      record.period = period;
      try {
        record.totals = await deliver(
          { ...output, onDigest: receipt?.seal },
          run,
          (writer) => writeUsage(flags, period, now, writer, run),
          (totals) => totals && sumsInWords(totals.messages, totals.credits, period.outOf()),
        );
        await receipt?.write(period);
      } finally {
        await period.close();
      }
    });
  });
}
