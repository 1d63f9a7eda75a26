import { Command } from '@commander-js/extra-typings';
import { CommandLineError } from '../../errors.js';
import { messagesInWords } from '../../format/amounts.js';
import { type HistoryResult, historyCsv, historyJson } from '../../format/documents/history.js';
import type { Format } from '../../format/formats.js';
import { compareLast, createHistory } from '../../usage/history/history.js';
import { argument, withOptions } from '../options/declare.js';
import { type ResultChoice, resultChoice, resultOptions } from '../options/output.js';
import { asOfIn, asOfOption, billOptions } from '../options/period.js';
import { openBasis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliverPieces, openTerminal } from '../run/deliver.js';
import { type ReadInput, readInputs } from '../run/history-inputs.js';
import { defineCommand } from './define.js';

const FORMATS = ['json', 'csv', 'table', 'html'] as const satisfies readonly Format[];
type HistoryFormat = (typeof FORMATS)[number];

export const make = defineCommand({
  purpose: 'See what was used:',
  examples: [
    ['o-copilot history 2024-*.csv', 'exports of several months'],
    ['o-copilot history march april may --html --output history.html', 'snapshots, as a page'],
  ],

  declare: () =>
    withOptions(
      new Command('history')
        .description('totals of several periods, and this period to date against the same days of the last')
        .addArgument(
          argument('<files...>', 'exports of periods with their receipts, and folders of snapshot', {
            file: 'read',
            summed: true,
          }),
        ),
      [
        asOfOption('History:'),
        ...resultOptions(FORMATS, 'the {"history":{…}} document, one period a line'),
        ...billOptions(),
      ],
    ),
  async run(options, context, paths) {
    for (const flag of ['source', 'period'] as const) {
      if (options[flag] !== undefined)
        throw new CommandLineError(`--${flag}: history reads the files that it is given`);
    }
    const now = Date.now();
    const output = resultChoice(options, FORMATS);
    const basis = await openBasis(options, context);
    const asOf = asOfIn(basis.zone, options) ?? now;
    // Every input is read once, and the last two again where a part of their periods is compared.
    const inputs = await readInputs(paths, options, basis, context);
    const history = createHistory(inputs, basis.zone, asOf);
    const result: HistoryResult = {
      history,
      comparison: await compare(history),
      timezone: basis.zone.name,
      asOf,
      rules: inputs.find(({ rules }) => rules !== undefined)?.rules,
      unknownRules: inputs.filter(({ rules }) => rules === undefined).map(({ name }) => name),
      currency: inputs.find(({ currency }) => currency !== undefined)?.currency,
    };
    await deliverPieces(
      output,
      context,
      () => render(result, output, context),
      () => `${history.periods.length} periods, ${messagesInWords(history.total.messages)}`,
    );
  },
});

async function compare({ periods, toDate }: ReturnType<typeof createHistory<ReadInput>>) {
  const [before, last] = periods.slice(-2);
  if (before === undefined || last === undefined || before.month !== last.month - 1) return undefined;
  const [then, now] = [before.input, last.input];
  if (toDate === undefined) return compareLast(then.sums, now.sums, undefined);
  return compareLast(await then.sumUntil(toDate.untilBefore), await now.sumUntil(toDate.until), toDate);
}

async function render(
  result: HistoryResult,
  output: ResultChoice<HistoryFormat>,
  { host }: Context,
): Promise<Iterable<string>> {
  switch (output.format) {
    case 'json':
      return [historyJson(result)];
    case 'csv':
      return historyCsv(result, output);
    case 'html': {
      const { historyPage } = await import('../../format/page/history-page.js');
      return historyPage(result);
    }
    case 'table': {
      const { historyTable } = await import('../../format/table/history-table.js');
      return historyTable(result, await openTerminal(output, host));
    }
  }
}
