import { writeRows } from '../render/write-rows.js';
import { chooseRenderer } from './choose-renderer.js';
import { deliver } from './deliver.js';
import { guardJob } from './guard-job.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import { asOfFrom } from './options/as-of-option.js';
import { outputFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Runs `usage`: everything is checked before the first request, and nothing is shown before the last message. */
export function runUsage(flags: RawFlags, run: Run): Promise<void> {
  return guardJob(flags, run, async (record) => {
    const output = outputFrom(flags);
    const period = await openPeriod(flags, run);
    record.period = period;
    try {
      const newRenderer = await chooseRenderer(output, period, run.host, asOfFrom(flags, period.zone));
      record.totals = await deliver(output, run, (sink) =>
        period.read(async (batches) => {
          await sink.restart();
          return writeRows(batches, newRenderer(), sink, run.signal);
        }),
      );
    } finally {
      await period.close();
    }
  });
}
