import { version } from '../../package.json';
import { secondText } from '../calendar/instant.js';
import { periodState } from '../calendar/time-zone.js';
import { RULESET_VERSIONS } from '../engine/index.js';
import { dataTables, RECEIPT_FORMAT, type Receipt } from '../receipt/receipt.js';
import { type ObservedRows, rowSums } from '../receipt/row-sums.js';
import type { InputDigests } from '../source/digest-source.js';
import type { Host } from './host.js';
import { keepFlags } from './kept-flags.js';
import type { Period } from './open-period.js';
import { asOfFrom } from './options/as-of-option.js';
import type { ResultChoice } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** An export that is made or made again. */
export interface ExportJob {
  readonly command: Receipt['command'];
  readonly flags: RawFlags;
  readonly output: ResultChoice;
  /** Milliseconds since 1970 UTC, where `--as-of` does not say. */
  readonly now: number;
}

/** What was seen while it was made. */
export interface Seen {
  readonly inputs: InputDigests;
  readonly rows: ObservedRows;
  /** SHA-256 in hex of the output. */
  readonly sha256: string;
}

export function makeReceipt(job: ExportJob, period: Period, seen: Seen, host: Host): Receipt {
  const { settings, zone, card, sourceName } = period;
  const asOf = asOfFrom(job.flags, zone) ?? job.now;
  return {
    format: RECEIPT_FORMAT,
    program: `o-copilot ${version}`,
    command: job.command,
    flags: keepFlags(job.flags, job.output, period, host),
    source: sourceName,
    period: settings.period,
    state: periodState(seen.rows.last, zone, asOf),
    as_of: secondText(asOf),
    rules: {
      ruleset: settings.rules,
      version: RULESET_VERSIONS[settings.rules],
      rates_sha256: card?.sha256 ?? null,
    },
    tables: dataTables(),
    inputs: {
      messages_sha256: seen.inputs.messages,
      reports: seen.inputs.reports,
      missing_reports: seen.inputs.missing,
    },
    messages: period.counts().messages,
    rows: rowSums(seen.rows.totals),
    output: { sha256: seen.sha256 },
  };
}
