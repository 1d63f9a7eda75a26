import { version } from '../../../package.json';
import { type Instant, secondText } from '../../calendar/instant.js';
import { periodState } from '../../calendar/time-zone.js';
import { RULESET_VERSIONS } from '../../engine/index.js';
import { CannotWriteError } from '../../errors.js';
import { fileWriter } from '../../output/file.js';
import { formatCost } from '../../rates/money.js';
import { dataTables, type ReceiptFlag } from '../../receipt/flags.js';
import { observeRows, RECEIPT_FORMAT, type Receipt, writeReceipt } from '../../receipt/receipt.js';
import { createInputDigests } from '../../source/record.js';
import { limitText } from '../../usage/forecast/limit.js';
import { type ResultChoice, wantsColor } from '../options/output.js';
import type { Host } from '../process/host.js';
import type { Period } from './period.js';

/** What a receipt says of how an export is made. */
export interface Attested {
  readonly command: Receipt['command'];
  /** Those that shape its bytes, as given. */
  readonly flags: Readonly<Record<string, ReceiptFlag>>;
  readonly output: ResultChoice;
}

export async function openReceipt(path: string, made: Attested, host: Host) {
  const writer = await fileWriter(path);
  const observed = observeExport(made, host);
  let sha256: string | undefined;
  return {
    needs: observed.needs,
    onDigest(digest: string): void {
      sha256 = digest;
    },
    /** @throws CannotWriteError, also where nobody read the export to its end */
    async write(period: Period, asOf: Instant): Promise<void> {
      const receipt = observed.receipt(period, asOf, sha256);
      if (receipt === undefined) {
        throw new CannotWriteError(path, 'nobody read the export to its end, so there is nothing to attest');
      }
      await writer.write(writeReceipt(receipt));
      await writer.commit();
    },
    abandon: () => writer.abandon(),
  };
}

/** Observes what an export is computed from and what it gives, for its receipt. */
export function observeExport({ command, flags, output }: Attested, host: Host) {
  const inputs = createInputDigests();
  const observed = observeRows();
  return {
    needs: { wrapSource: inputs.wrap, watchRows: observed.watch },
    /**
     * @param sha256 of the output; undefined where nobody read it to its end
     * @returns undefined where the messages were not read to their end either
     */
    receipt(period: Period, asOf: Instant, sha256: string | undefined): Receipt | undefined {
      const digests = inputs.value();
      if (sha256 === undefined || digests === undefined) return undefined;
      const { settings, zone, card, sourceName } = period;
      const { rows, last } = observed.value();
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
        state: periodState(last, zone, asOf),
        as_of: secondText(asOf),
        rules: {
          ruleset: settings.rules,
          version: RULESET_VERSIONS[settings.rules],
          rates_sha256: card?.sha256 ?? null,
        },
        tables: dataTables(),
        inputs: {
          messages_sha256: digests.messages,
          reports: digests.reports,
          missing_reports: digests.missing,
        },
        messages: period.counts().messages,
        rows,
        output: { sha256 },
      };
    },
  };
}
