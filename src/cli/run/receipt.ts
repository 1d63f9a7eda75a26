import { version } from '../../../package.json';
import { type Instant, secondText } from '../../calendar/instant.js';
import { periodState } from '../../calendar/time-zone.js';
import { RULESET_VERSIONS } from '../../engine/index.js';
import { CannotWriteError, CommandLineError } from '../../errors.js';
import { fileWriter } from '../../output/file.js';
import { formatCost } from '../../rates/money.js';
import { dataTables, type ReceiptFlag } from '../../receipt/flags.js';
import { type ObservedRows, RECEIPT_FORMAT, type Receipt, rowSums } from '../../receipt/receipt.js';
import type { InputDigests } from '../../source/digest-source.js';
import { limitText } from '../../usage/forecast/limit.js';
import { type ResultChoice, wantsColor } from '../options/output.js';
import type { Context, Host } from '../process/host.js';
import type { Period, PeriodNeeds } from './period.js';

/** An export that is made or made again. */
export interface Export {
  readonly command: Receipt['command'];
  /** Those that shape its bytes, as given. */
  readonly flags: Readonly<Record<string, ReceiptFlag>>;
  readonly output: ResultChoice;
}

/** What was seen while it was made. */
export interface Seen {
  readonly inputs: InputDigests;
  readonly rows: ObservedRows;
  /** SHA-256 in hex of the output. */
  readonly sha256: string;
  /** What was taken for now. */
  readonly asOf: Instant;
}

/** The receipt of an export under way. */
interface PendingReceipt {
  readonly observer: Pick<PeriodNeeds, 'wrapSource' | 'watchRows'>;
  /** Takes the SHA-256 of the export once it is visible. */
  readonly onDigest: (sha256: string) => void;
  /** Writes the receipt, after the export. @throws CannotWriteError, also when nobody read the export to its end */
  readonly write: (period: Period, asOf: Instant) => Promise<void>;
}

/**
 * Runs `job`, with a receipt where `path` names its file, which is opened first: an export whose receipt cannot be
 * written is not made.
 *
 * @throws CommandLineError, CannotCreateError, whatever `job` throws
 */
export async function withReceipt(
  path: string | undefined,
  made: Export,
  { host }: Context,
  job: (receipt: PendingReceipt | undefined) => Promise<void>,
): Promise<void> {
  if (path === undefined) return job(undefined);
  if ((made.output.output ?? '-') === '-' && host.stdout.isTTY === true) {
    throw new CommandLineError('--receipt: needs an export that stays: --output FILE, or > FILE');
  }
  const writer = await fileWriter(path);
  try {
    const [observed, { writeReceipt }] = await Promise.all([
      observeExport(),
      import('../../receipt/receipt.js'),
    ]);
    let sha256: string | undefined;
    await job({
      observer: observed.observer,
      onDigest: (digest) => {
        sha256 = digest;
      },
      async write(period, asOf) {
        const inputs = observed.inputs();
        if (sha256 === undefined || inputs === undefined) {
          throw new CannotWriteError(
            path,
            'nobody read the export to its end, so there is nothing to attest',
          );
        }
        const seen = { inputs, rows: observed.rows(), sha256, asOf };
        await writer.write(writeReceipt(makeReceipt(made, period, seen, host)));
        await writer.commit();
      },
    });
  } finally {
    await writer.abandon();
  }
}

/** Observes what a period is computed from and what it gives. Loaded only for an export with a receipt. */
export async function observeExport() {
  const [{ createInputDigests }, { observeRows }] = await Promise.all([
    import('../../source/digest-source.js'),
    import('../../receipt/receipt.js'),
  ]);
  const inputs = createInputDigests();
  const rows = observeRows();
  return {
    observer: { wrapSource: inputs.wrap, watchRows: rows.watch },
    inputs: inputs.value,
    rows: rows.value,
  };
}

export function makeReceipt(
  { command, flags, output }: Export,
  period: Period,
  seen: Seen,
  host: Host,
): Receipt {
  const { settings, zone, card, sourceName } = period;
  return {
    format: RECEIPT_FORMAT,
    program: `o-copilot ${version}`,
    command,
    flags: {
      format: output.format,
      color: wantsColor(output.color, host.env, false) ? 'always' : 'never',
      timezone: zone.name,
      rules: settings.rules,
      ...(settings.creditPrice && { 'credit-price': formatCost(settings.creditPrice) }),
      ...(settings.currency && { currency: settings.currency }),
      ...(settings.budget && { budget: limitText(settings.budget) }),
      period: settings.period,
      ...flags,
    },
    source: sourceName,
    period: settings.period,
    state: periodState(seen.rows.last, zone, seen.asOf),
    as_of: secondText(seen.asOf),
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
    rows: rowSums(seen.rows),
    output: { sha256: seen.sha256 },
  };
}
