import { Command } from 'commander';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addJobOptions } from '../options/job-options.js';
import { addOutputOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addReceiptOption } from '../options/receipt-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addFilterOptions, addPageOptions } from '../options/selection-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `usage`: every message of the period with the credits it used. */
export function usageCommand(run: Run): Command {
  const command = new Command('usage').description(
    'every message of the current period with the credits it used (the default command)',
  );
  addOutputOptions(command);
  addReceiptOption(command);
  addFilterOptions(command);
  addPageOptions(command);
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  addJobOptions(command);
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const { runUsage } = await import('../runs.js');
    await runUsage(command.opts(), run);
  });
}
