import { Command } from '@commander-js/extra-typings';
import { sumsInWords } from '../../format/amounts.js';
import type { ReceiptFlag } from '../../receipt/flags.js';
import { type OptionsOf, shapingFlags, withOptions } from '../options/declare.js';
import { type RowsChoice, readsTexts, refuseTerminal, rowsChoice, rowsOptions } from '../options/output.js';
import {
  type AsOfOptions,
  asOfIn,
  filterOptions,
  jobOptions,
  pageOptions,
  receiptOption,
  runOptions,
} from '../options/period.js';
import { ratesOption, settingOptions } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliver } from '../run/deliver.js';
import { guardJob } from '../run/job.js';
import { openPeriod, type Period, type PeriodNeeds, usingPeriod } from '../run/period.js';
import { withReceipt } from '../run/receipt.js';
import { writeUsage } from '../run/results.js';
import { defineCommand } from './define.js';

export const declareUsage = () =>
  withOptions(
    new Command('usage').description(
      'every message of the current period with the credits it used (the default command)',
    ),
    rowsOptions,
    receiptOption,
    filterOptions,
    pageOptions,
    settingOptions,
    ratesOption,
    runOptions,
    jobOptions,
  );

export type UsageOptions = OptionsOf<typeof declareUsage> & AsOfOptions;

/** Every message of the period with the credits it used. */
export const make = defineCommand({
  purpose: 'See what was used:',
  examples: [
    ['o-copilot --source sample', 'try it without a network'],
    ["o-copilot --json | jq '.usage[] | select(.credits_used > 50).message_id'", 'for scripts'],
    ['o-copilot --since 2024-04-01 --until 2024-04-30 --output april.csv', 'a month for a spreadsheet'],
    ['o-copilot --sort credits_used --desc --limit 10', 'what cost most'],
    ['o-copilot --quiet --lock /run/usage.lock --output usage.csv', 'from cron'],
  ],

  declare: declareUsage,
  readsSource: () => true,
  run: (options, context) => runUsage(options, shapingFlags(context.command), context),
});

/** What keeps a FOCUS file from being valid. */
function noteAccount({ format, account }: RowsChoice, { prices }: Period, { host }: Context): void {
  if (format !== 'focus') return;
  const notes: string[] = [];
  if (prices === undefined) {
    notes.push(
      'costs are in credits, and FOCUS needs a national currency: say --credit-price and --currency',
    );
  }
  if (account.id === undefined)
    notes.push('BillingAccountId is empty, and FOCUS needs one: say --account-id');
  for (const note of notes) host.stderr.write(`o-copilot: ${note}\n`);
}

/**
 * Everything is checked before the first request, and nothing is shown before the last message.
 *
 * @param flags those that shape the bytes, for a receipt
 */
export function runUsage(
  options: UsageOptions,
  flags: Readonly<Record<string, ReceiptFlag>>,
  context: Context,
  needs: PeriodNeeds = {},
): Promise<void> {
  return guardJob(options, context, async (record) => {
    const now = Date.now();
    const output = rowsChoice(options);
    refuseTerminal(output, context.host);
    const textsUnread = !readsTexts(output);
    await withReceipt(options.receipt, { command: 'usage', flags, output }, context, async (receipt) => {
      const opening = openPeriod(options, context, { ...needs, ...receipt?.observer, textsUnread });
      await usingPeriod(opening, async (period) => {
        record.period = period;
        if (!output.quiet) noteAccount(output, period, context);
        const asOf = asOfIn(period.zone, options) ?? now;
        record.totals = await deliver(
          { ...output, onDigest: receipt?.onDigest },
          context,
          (writer) => writeUsage(period, output, asOf, writer, context),
          (totals) => totals && sumsInWords(totals.messages, totals.credits, period.outOf()),
        );
        await receipt?.write(period, asOf);
      });
    });
  });
}
