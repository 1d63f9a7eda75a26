import { Command } from '@commander-js/extra-typings';
import { oneOf } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { type SummaryFacts, summaryFacts } from '../../format/documents/summary.js';
import { FORMATS, SUMMARY_FORMATS, type SummaryFormat } from '../../format/formats.js';
import type { Piece } from '../../format/rows.js';
import { outlookOf } from '../../usage/forecast/budget.js';
import { GROUPINGS, type Grouping } from '../../usage/summary/groups.js';
import { createSummary, dayBounds, type Summary } from '../../usage/summary/summary.js';
import { type OptionsOf, option, shapingFlags, withOptions } from '../options/declare.js';
import {
  type ResultChoice,
  type ResultOptions,
  refuseTerminal,
  resultChoice,
  resultOptions,
} from '../options/output.js';
import {
  type AsOfOptions,
  asOfIn,
  asOfOption,
  billOptions,
  filterOptions,
  pricedOption,
  receiptOption,
} from '../options/period.js';
import type { Context } from '../process/host.js';
import { limitOf } from '../run/budget.js';
import { openTerminal } from '../run/deliver.js';
import { type Export, runExport } from '../run/export.js';
import { openEither } from '../run/priced.js';
import { type CommandContext, defineCommand } from './define.js';

const GROUP = 'Summary:';
const JSON_DOCUMENT =
  'the {"summary":{…}} document, one group a line; share is in percent, with two decimals';

export const declareSummary = () =>
  withOptions(
    new Command('summary').description('totals by day, week, month, report or kind, with bars in a terminal'),
    [
      option(
        '--by <group>',
        `one of ${GROUPINGS.join(', ')} (default day); twice breaks each group down again`,
        { group: GROUP, choices: GROUPINGS, repeated: true, shapes: 'given' },
        (text, before: readonly Grouping[] = []) => [...before, grouping(text)],
      ),
      pricedOption(GROUP),
      asOfOption(GROUP),
      ...resultOptions(SUMMARY_FORMATS, JSON_DOCUMENT),
      receiptOption(),
      ...filterOptions(),
      ...billOptions(),
    ],
  );

const grouping = oneOf(GROUPINGS);

export type SummaryOptions = OptionsOf<typeof declareSummary>;

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
  const made = summaryExport(options, shapingFlags(context.command), Date.now(), context);
  refuseTerminal(made.output, context.host);
  await runExport(made, options, context, (needs) => openEither(options, context, needs));
}

/** @param now where `--as-of` does not say */
export function summaryExport(
  options: Pick<SummaryOptions, 'by'> & ResultOptions & AsOfOptions,
  flags: Export['flags'],
  now: number,
  context: Context,
): Export<Summary> {
  const output = resultChoice(options, SUMMARY_FORMATS);
  const by = groupingsOf(options);
  return {
    command: 'summary',
    flags,
    output,
    textsUnread: true,
    async write(period, writer) {
      const { sourceName: source, settings, zone, prices, selection, outOf } = period;
      const asOf = asOfIn(zone, options);
      const limit = limitOf(period);
      const sums = await period.read(async (batches) => {
        const summary = createSummary(by, zone, prices);
        for await (const items of batches) summary.add(items);
        return summary.value(dayBounds(selection));
      });
      const about = { source, period: settings.period, rules: settings.rules, zone, outOf: outOf() };
      const facts = summaryFacts(sums, about, asOf, now);
      const outlook = facts.state === 'open' ? outlookOf(sums, limit, period, asOf ?? now) : undefined;
      const pieces = await renderSummary(sums, { ...facts, outlook }, output, context);
      for (const piece of pieces) await writer.write(piece);
      return { asOf: asOf ?? now, sums };
    },
  };
}

function groupingsOf({ by = [] }: Pick<SummaryOptions, 'by'>): readonly [Grouping, Grouping?] {
  const [first = 'day', second, ...more] = by;
  if (more.length > 0) throw new CommandLineError(`--by: two at the most, not ${by.length}`);
  if (first === second) throw new CommandLineError(`--by: ${first} was given twice`);
  return second === undefined ? [first] : [first, second];
}

export function renderSummary(
  summary: Summary,
  facts: SummaryFacts,
  output: ResultChoice<SummaryFormat>,
  { host }: Context,
): Promise<Iterable<Piece>> {
  const options = { ...output, terminal: () => openTerminal(output, host) };
  return FORMATS[output.format].summary(summary, facts, options);
}
