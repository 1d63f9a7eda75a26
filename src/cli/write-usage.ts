import { writeRows } from '../format/rows.js';
import type { Writer } from '../output/writer.js';
import type { Totals } from '../usage/rows/totals.js';
import { chooseRenderer } from './choose-renderer.js';
import type { Run } from './host.js';
import type { Period } from './open-period.js';
import { asOfFrom } from './options/as-of-option.js';
import { outputFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/**
 * Writes the rows that `flags` choose, in the format they ask for.
 *
 * @param now milliseconds since 1970 UTC, where `--as-of` does not say
 * @returns the sums, or undefined when nobody reads any more
 */
export async function writeUsage(
  flags: RawFlags,
  period: Period,
  now: number,
  writer: Writer,
  { host, signal }: Run,
): Promise<Totals | undefined> {
  const asOf = asOfFrom(flags, period.zone) ?? now;
  const newRenderer = await chooseRenderer(outputFrom(flags), period, host, asOf);
  return period.read(async (batches) => {
    await writer.restart();
    return writeRows(batches, newRenderer(), writer, signal);
  });
}
