import { Command } from '@commander-js/extra-typings';
import type { Instant } from '../../calendar/instant.js';
import { CommandLineError } from '../../errors.js';
import { declarationOf } from '../../format/formats.js';
import {
  CONTRACT_FIELDS,
  type Field,
  fieldsOf,
  needsPrice,
  type Renderer,
  writeRows,
} from '../../format/rows.js';
import type { Totals } from '../../usage/pricing/sums.js';
import { narrows } from '../../usage/rows/row-query.js';
import { dayBounds } from '../../usage/summary/summary.js';
import { type OptionsOf, shapingFlags, withOptions } from '../options/declare.js';
import { type RowsChoice, readsTexts, refuseTerminal, rowsChoice, rowsOptions } from '../options/output.js';
import {
  type AsOfOptions,
  asOfIn,
  billOptions,
  filterOptions,
  jobOptions,
  pageOptions,
  receiptOption,
} from '../options/period.js';
import type { Context, Host } from '../process/host.js';
import { limitOf } from '../run/budget.js';
import { openTerminal, widthOf } from '../run/deliver.js';
import { type Export, runExport } from '../run/export.js';
import { guardJob } from '../run/job.js';
import { openPeriod, type Period, type PeriodNeeds } from '../run/period.js';
import { defineCommand } from './define.js';

export const declareUsage = () =>
  withOptions(
    new Command('usage').description(
      'every message of the current period with the credits it used (the default command)',
    ),
    [
      ...rowsOptions(),
      receiptOption(),
      ...filterOptions(),
      ...pageOptions(),
      ...billOptions(),
      ...jobOptions(),
    ],
  );

export type UsageOptions = OptionsOf<typeof declareUsage> & AsOfOptions;

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

/**
 * Everything is checked before the first request, and nothing is shown before the last message.
 *
 * @param flags those that shape the bytes, for a receipt
 */
export function runUsage(
  options: UsageOptions,
  flags: Export['flags'],
  context: Context,
  needs: PeriodNeeds = {},
): Promise<void> {
  return guardJob(options, context, async (record) => {
    const output = rowsChoice(options);
    refuseTerminal(output, context.host);
    const made = usageExport(output, options, flags, Date.now(), context);
    record.totals = await runExport(made, options, context, async (exportNeeds) => {
      const period = await openPeriod(options, context, { ...needs, ...exportNeeds });
      record.period = period;
      if (!output.quiet) noteAccount(output, period, context);
      return period;
    });
  });
}

/** @param now where `--as-of` does not say */
export function usageExport(
  output: RowsChoice,
  options: AsOfOptions,
  flags: Export['flags'],
  now: number,
  { host, signal }: Context,
): Export<Totals> {
  return {
    command: 'usage',
    flags,
    output,
    textsUnread: !readsTexts(output),
    async write(period, writer) {
      const asOf = asOfIn(period.zone, options) ?? now;
      const newRenderer = await chooseRenderer(output, period, host, asOf);
      const sums = await period.read(async (batches) => {
        await writer.restart();
        return writeRows(batches, newRenderer(), writer, signal, period.prices);
      });
      return { asOf, sums };
    },
  };
}

/** What keeps a FOCUS file from being valid. */
function noteAccount({ format, account }: RowsChoice, { prices }: Period, { host }: Context): void {
  if (format !== 'focus') return;
  const note = (text: string) => host.stderr.write(`o-copilot: ${text}\n`);
  if (prices === undefined) {
    note('costs are in credits, and FOCUS needs a national currency: say --credit-price and --currency');
  }
  if (account.id === undefined) note('BillingAccountId is empty, and FOCUS needs one: say --account-id');
}

/** Columns of a terminal that has room for the kind of each row. */
const WIDE = 100;

/**
 * The fields that are named, else those of the contract, in some formats the cost, and in a table on a wide terminal the
 * kind.
 *
 * @throws CommandLineError for a field that needs a price where there is none
 */
function fieldsFor(choice: RowsChoice, { zone, prices }: Period, host: Host): Field[] {
  const { format, fields } = choice;
  const priced = prices === undefined ? [] : (declarationOf(format).priced ?? []);
  const unpriced = prices === undefined ? fields?.find(needsPrice) : undefined;
  if (unpriced !== undefined) {
    throw new CommandLineError(
      `--fields: ${unpriced} needs the price of a credit: --credit-price and --currency (O_COPILOT_CREDIT_PRICE, O_COPILOT_CURRENCY), or a --rates file with prices`,
    );
  }
  const wide = format === 'table' && (widthOf(choice, host) ?? 0) >= WIDE;
  const usual = CONTRACT_FIELDS.flatMap((name) =>
    wide && name === 'credits_used' ? (['kind', name] as const) : [name],
  );
  return fieldsOf(fields ?? [...usual, ...priced], zone, prices);
}

/** A fresh renderer for each reading of the document. */
async function chooseRenderer(
  choice: RowsChoice,
  period: Period,
  host: Host,
  asOf: Instant,
): Promise<() => Renderer> {
  const { zone, outOf, settings, sourceName: source, selection, card, prices } = period;
  return declarationOf(choice.format).rows({
    ...choice,
    fields: fieldsFor(choice, period, host),
    zone,
    prices,
    outOf,
    terminal: () => openTerminal(choice, host),
    subject: {
      source,
      period: settings.period,
      rules: settings.rules,
      card,
      prices,
      limit: limitOf(period),
      bounds: dayBounds(selection),
      filtered: narrows(selection),
      withText: choice.withText,
      readsTexts: true,
    },
    asOf,
  });
}
