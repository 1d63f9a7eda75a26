import { Command } from '@commander-js/extra-typings';
import { argument, shapingFlags } from '../options/declare.js';
import { checkEnding, withPageTexts } from '../options/output.js';
import { withAsOf, withFilters, withJob, withRates, withReceiptOption, withRun } from '../options/rows.js';
import { withSettings } from '../options/settings.js';
import { defineCommand } from './define.js';
import { runUsage } from './usage.js';

const declareReport = () => {
  const command = new Command('report')
    .description('one self-contained page: a chart, a sortable table, totals')
    .addArgument(argument('<file.html>', 'where the page goes; - is stdout', { file: 'result' }));
  return withJob(
    withRun(
      withRates(withSettings(withFilters(withReceiptOption(withPageTexts(withAsOf('Output:')(command)))))),
    ),
  );
};

/** The bill as one page to look at. */
export const make = defineCommand({
  purpose: 'See what was used:',

  declare: declareReport,
  readsSource: () => true,
  run: async (options, context, output) => {
    checkEnding('<file.html>', output, 'html');
    await runUsage({ ...options, format: 'html', output }, shapingFlags(context.command), context);
  },
});
