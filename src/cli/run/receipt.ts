import { version } from '../../../package.json';
import { type Instant, secondText } from '../../calendar/instant.js';
import { periodState } from '../../calendar/time-zone.js';
import { RULESET_VERSIONS } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import { dataTables, type ReceiptFlag } from '../../receipt/flags.js';
import { observeRows, RECEIPT_FORMAT, type Receipt, rowSums } from '../../receipt/receipt.js';
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

/** Observes what an export is computed from and what it gives, for its receipt. */
export function observeExport({ command, flags, output }: Attested, host: Host) {
  const inputs = createInputDigests();
  const rows = observeRows();
  return {
    needs: { wrapSource: inputs.wrap, watchRows: rows.watch },
    /**
     * @param sha256 of the output; undefined where nobody read it to its end
     * @returns undefined where the messages were not read to their end either
     */
    receipt(period: Period, asOf: Instant, sha256: string | undefined): Receipt | undefined {
      const digests = inputs.value();
      if (sha256 === undefined || digests === undefined) return undefined;
      const { settings, zone, card, sourceName } = period;
      const seen = rows.value();
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
        state: periodState(seen.last, zone, asOf),
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
        rows: rowSums(seen),
        output: { sha256 },
      };
    },
  };
}
