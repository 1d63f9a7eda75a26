import { Command } from 'commander';
import type { Run } from '../host.js';
import { addAsOfOption } from '../options/as-of-option.js';
import { checkWords } from '../options/check-values.js';
import { addJobOptions } from '../options/job-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addReceiptOption } from '../options/receipt-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addFilterOptions } from '../options/selection-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `report`: the bill as one page to look at. */
export function reportCommand(run: Run): Command {
  const command = new Command('report')
    .description('one self-contained page: a chart, a sortable table, totals')
    .argument('<file.html>', 'where the page goes; - is stdout');
  addAsOfOption(command, 'Output:');
  addReceiptOption(command);
  addFilterOptions(command);
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  addJobOptions(command);
  return command.action(async (output: string) => {
    checkWords(command, run.host.argv);
    const { runUsage } = await import('../runs.js');
    await runUsage({ ...command.opts(), format: 'html', output }, run);
  });
}
