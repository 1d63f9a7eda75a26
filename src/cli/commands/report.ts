import { Command } from '@commander-js/extra-typings';
import { argument, shapingFlags, withOptions } from '../options/declare.js';
import { checkEnding, pageTextOption } from '../options/output.js';
import { asOfOption, filterOptions, jobOptions, receiptOption, runOptions } from '../options/period.js';
import { ratesOption, settingOptions } from '../options/settings.js';
import { defineCommand } from './define.js';
import { runUsage } from './usage.js';

const declareReport = () =>
  withOptions(
    new Command('report')
      .description('one self-contained page: a chart, a sortable table, totals')
      .addArgument(argument('<file.html>', 'where the page goes; - is stdout', { file: 'result' })),
    [
      asOfOption('Output:'),
      pageTextOption(),
      receiptOption(),
      ...filterOptions(),
      ...settingOptions(),
      ratesOption(),
      ...runOptions(),
      ...jobOptions(),
    ],
  );

export const make = defineCommand({
  purpose: 'See what was used:',

  declare: declareReport,
  readsSource: () => true,
  run: async (options, context, output) => {
    checkEnding('<file.html>', output, 'html');
    await runUsage({ ...options, format: 'html', output }, shapingFlags(context.command), context);
  },
});
