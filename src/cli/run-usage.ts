import type { Sink } from '../output/sink.js';
import type { Renderer } from '../render/renderer.js';
import type { UsageItem } from '../usage/item.js';
import { createTotals, type Totals } from '../usage/totals.js';
import { chooseRenderer } from './choose-renderer.js';
import { deliver } from './deliver.js';
import { guardJob } from './guard-job.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import { outputFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Runs `usage`: everything is checked before the first request, and nothing is shown before the last message. */
export function runUsage(flags: RawFlags, run: Run): Promise<void> {
  return guardJob(flags, run, async (record) => {
    const output = outputFrom(flags);
    const period = await openPeriod(flags, run);
    record.period = period;
    try {
      const newRenderer = await chooseRenderer(output, period, run.host);
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

/** Writes every row and returns the totals. Ends early, without them, when nobody reads any more. */
async function writeRows(
  batches: AsyncIterable<UsageItem[]>,
  renderer: Renderer,
  sink: Sink,
  signal: AbortSignal,
): Promise<Totals | undefined> {
  const totals = createTotals();
  await sink.write(renderer.head());
  for await (const items of batches) {
    signal.throwIfAborted();
    if (sink.closed) return undefined;
    totals.add(items);
    const waits = sink.write(renderer.rows(items));
    if (waits !== undefined) await waits;
  }
  const sums = totals.value();
  for (const piece of renderer.tail(sums)) await sink.write(piece);
  return sums;
}
