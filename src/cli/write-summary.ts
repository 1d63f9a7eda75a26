import type { Sink } from '../output/sink.js';
import { summaryCsv } from '../render/summary-csv.js';
import type { SummaryFacts } from '../render/summary-facts.js';
import { summaryJson, summaryNdjson } from '../render/summary-json.js';
import { periodState } from '../usage/period-state.js';
import type { Selection } from '../usage/selection.js';
import { createSummary, type DayRange, type Summary } from '../usage/summarise.js';
import type { TimeZone } from '../usage/time-zone.js';
import type { Run } from './host.js';
import type { Period } from './open-period.js';
import { openTerminal } from './open-terminal.js';
import { asOfFrom } from './options/as-of-option.js';
import { FORMATS, type ResultChoice, resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { groupingsFrom } from './options/summary-options.js';

/**
 * Sums up the rows that `flags` choose and writes the sums in the format they ask for.
 *
 * @param now milliseconds since 1970 UTC, where `--as-of` does not say
 */
export async function writeSummary(
  flags: RawFlags,
  period: Period,
  now: number,
  sink: Sink,
  run: Run,
): Promise<void> {
  const by = groupingsFrom(flags);
  const asOf = asOfFrom(flags, period.zone);
  const summary = await period.read(async (batches) => {
    const sums = createSummary(by, period.zone);
    for await (const items of batches) {
      run.signal.throwIfAborted();
      sums.add(items);
    }
    return sums.value(daysOf(period.selection, period.zone));
  });
  const { sourceName, settings, zone, outOf } = period;
  const facts = summaryFacts(
    summary,
    { source: sourceName, period: settings.period, rules: settings.rules, zone, outOf: outOf() },
    asOf,
    now,
  );
  const output = resultFrom(flags, FORMATS);
  for (const piece of await renderSummary(summary, facts, output, run)) await sink.write(piece);
}

/** The days that `--since` and `--until` name. */
function daysOf({ since, until }: Selection, zone: TimeZone): DayRange {
  return {
    ...(since !== undefined && { first: zone.dayOf(since) }),
    ...(until !== undefined && { last: zone.dayOf(until - 1) }),
  };
}

/** What a summary says of itself. @param asOf what `--as-of` says @param now milliseconds since 1970 UTC */
export function summaryFacts(
  summary: Summary,
  about: Pick<SummaryFacts, 'source' | 'period' | 'rules' | 'outOf'> & { readonly zone: TimeZone },
  asOf: number | undefined,
  now: number,
): SummaryFacts {
  const { zone, source, period, rules, outOf } = about;
  const state = periodState(summary.last?.instant, zone, asOf ?? now);
  // A closed bill is the same whenever it is asked for, so the clock is not in it.
  const shown = asOf ?? (state === 'open' ? now : undefined);
  return {
    source,
    period,
    timezone: zone.name,
    rules,
    state,
    asOf: shown === undefined ? undefined : `${new Date(shown).toISOString().slice(0, 19)}Z`,
    outOf,
  };
}

/** The pieces of a summary in a format. */
export async function renderSummary(
  summary: Summary,
  facts: SummaryFacts,
  output: ResultChoice<(typeof FORMATS)[number]>,
  { host }: Run,
): Promise<Iterable<string>> {
  switch (output.format) {
    case 'json':
      return summaryJson(summary, facts);
    case 'ndjson':
      return summaryNdjson(summary);
    case 'csv':
      return summaryCsv(summary, output);
    case 'table': {
      const { summaryTable } = await import('../render/summary-table.js');
      return summaryTable(summary, facts, await openTerminal(output, host));
    }
  }
}
