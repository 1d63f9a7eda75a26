import { Command } from '@commander-js/extra-typings';
import { argument, shapingFlags, withOptions } from '../options/declare.js';
import { checkEnding, pageTextOption } from '../options/output.js';
import { asOfOption, billOptions, filterOptions, jobOptions, receiptOption } from '../options/period.js';
import { defineCommand } from './define.js';
import { runUsage } from './usage.js';

export const make = defineCommand({
  purpose: 'See what was used:',

  declare: () =>
    withOptions(
      new Command('report')
        .description('one self-contained page: a chart, a sortable table, totals')
        .addArgument(argument('<file.html>', 'where the page goes; - is stdout', { file: 'result' })),
      [
        asOfOption('Output:'),
        pageTextOption(),
        receiptOption(),
        ...filterOptions(),
        ...billOptions(),
        ...jobOptions(),
      ],
    ),
  readsSource: () => true,
  async run(options, context, output) {
    checkEnding('<file.html>', output, 'html');
    await runUsage({ ...options, format: 'html', output }, shapingFlags(context.command), context);
  },
});
