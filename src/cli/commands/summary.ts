import { Command } from '@commander-js/extra-typings';
import { oneOf } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { sumsInWords } from '../../format/amounts.js';
import { SUMMARY_FORMATS } from '../../format/formats.js';
import { GROUPINGS, type Grouping } from '../../usage/summary/groups.js';
import { type OptionsOf, repeatedOption, shapingFlags, withOptions } from '../options/declare.js';
import { refuseTerminal, resultChoice, resultOptions } from '../options/output.js';
import {
  asOfIn,
  asOfOption,
  filterOptions,
  pricedOption,
  receiptOption,
  runOptions,
} from '../options/period.js';
import { ratesOption, settingOptions } from '../options/settings.js';
import { deliver } from '../run/deliver.js';
import { usingPeriod } from '../run/period.js';
import { openEither } from '../run/priced.js';
import { withReceipt } from '../run/receipt.js';
import { writeSummary } from '../run/results.js';
import { type CommandContext, defineCommand } from './define.js';

const GROUP = 'Summary:';
const JSON_DOCUMENT =
  'the {"summary":{…}} document, one group a line; share is in percent, with two decimals';

export const declareSummary = () => {
  const command = new Command('summary')
    .description('totals by day, week, month, report or kind, with bars in a terminal')
    .addOption(
      repeatedOption(
        '--by <group>',
        `one of ${GROUPINGS.join(', ')} (default day); twice breaks each group down again`,
        oneOf(GROUPINGS),
        { group: GROUP, choices: GROUPINGS, shapes: 'given' },
      ),
    );
  return withOptions(
    command,
    pricedOption(GROUP),
    asOfOption(GROUP),
    resultOptions(SUMMARY_FORMATS, JSON_DOCUMENT),
    receiptOption,
    filterOptions,
    settingOptions,
    ratesOption,
    runOptions,
  );
};

export type SummaryOptions = OptionsOf<typeof declareSummary>;

/** Totals by day, week, month, report or kind. */
export const make = defineCommand({
  purpose: 'See what was used:',
  examples: [
    ['o-copilot summary', 'credits of each day, with bars'],
    ['o-copilot summary --by month --by kind --csv', 'each month by what set the price'],
    ['o-copilot summary --by report --since 2024-04-01', 'the dearest reports first'],
  ],

  declare: declareSummary,
  readsSource: ({ fromPriced }) => fromPriced === undefined,
  run: runSummary,
});

/** What it holds in memory grows with the groups, not with the messages. */
async function runSummary(options: SummaryOptions, context: CommandContext): Promise<void> {
  const now = Date.now();
  const output = resultChoice(options, SUMMARY_FORMATS);
  refuseTerminal(output, context.host);
  const by = groupingsOf(options);
  const flags = shapingFlags(context.command);
  await withReceipt(options.receipt, { command: 'summary', flags, output }, context, async (receipt) => {
    const opening = openEither(options, context, { ...receipt?.observer, textsUnread: true });
    await usingPeriod(opening, async (period) => {
      const asOf = asOfIn(period.zone, options);
      await deliver(
        { ...output, onDigest: receipt?.onDigest },
        context,
        (writer) => writeSummary(period, { by, output, asOf, now }, writer, context),
        ({ messages, credits }) => sumsInWords(messages, credits, period.outOf()),
      );
      await receipt?.write(period, asOf ?? now);
    });
  });
}

/** @throws CommandLineError */
export function groupingsOf({ by = [] }: Pick<SummaryOptions, 'by'>): readonly [Grouping, Grouping?] {
  const [first = 'day', second, ...more] = by;
  if (more.length > 0) throw new CommandLineError(`--by: two at the most, not ${by.length}`);
  if (first === second) throw new CommandLineError(`--by: ${first} was given twice`);
  return second === undefined ? [first] : [first, second];
}
