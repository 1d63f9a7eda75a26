import { type SummaryFacts, summaryFacts } from '../format/documents/summary.js';
import { FORMATS, SUMMARY_FORMATS, type SummaryFormat } from '../format/formats.js';
import type { Writer } from '../output/writer.js';
import { createSummary, dayBounds, type Summary } from '../usage/summary/summary.js';
import type { Run } from './host.js';
import type { Period } from './open-period.js';
import { openTerminal } from './open-terminal.js';
import { asOfFrom } from './options/as-of-option.js';
import { type ResultChoice, resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { groupingsFrom } from './options/summary-options.js';

/**
 * Sums up the rows that `flags` choose and writes the sums in the format they ask for.
 *
 * @returns the sums
 * @param now milliseconds since 1970 UTC, where `--as-of` does not say
 */
export async function writeSummary(
  flags: RawFlags,
  period: Period,
  now: number,
  writer: Writer,
  run: Run,
): Promise<Summary> {
  const by = groupingsFrom(flags);
  const asOf = asOfFrom(flags, period.zone);
  const summary = await period.read(async (batches) => {
    const sums = createSummary(by, period.zone);
    for await (const items of batches) {
      run.signal.throwIfAborted();
      sums.add(items);
    }
    return sums.value(dayBounds(period.selection));
  });
  const { sourceName, settings, zone, outOf } = period;
  const facts = summaryFacts(
    summary,
    { source: sourceName, period: settings.period, rules: settings.rules, zone, outOf: outOf() },
    asOf,
    now,
  );
  const output = resultFrom(flags, SUMMARY_FORMATS);
  for (const piece of await renderSummary(summary, facts, output, run)) await writer.write(piece);
  return summary;
}

/** The pieces of a summary in a format. */
export function renderSummary(
  summary: Summary,
  facts: SummaryFacts,
  output: ResultChoice<SummaryFormat>,
  { host }: Run,
): Promise<Iterable<string>> {
  const options = { ...output, terminal: () => openTerminal(output, host) };
  return FORMATS[output.format].summary(summary, facts, options);
}
