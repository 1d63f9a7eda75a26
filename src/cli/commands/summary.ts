import { Command } from 'commander';
import { SUMMARY_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addReceiptOption } from '../options/receipt-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addFilterOptions } from '../options/selection-options.js';
import { addSettingOptions } from '../options/setting-options.js';
import { addSummaryOptions } from '../options/summary-options.js';

/** `summary`: totals by day, week, month, report or kind. */
export function summaryCommand(run: Run): Command {
  const command = new Command('summary').description(
    'totals by day, week, month, report or kind, with bars in a terminal',
  );
  addSummaryOptions(command);
  addResultOptions(
    command,
    SUMMARY_FORMATS,
    'the {"summary":{…}} document, one group a line; share is in percent, with two decimals',
  );
  addReceiptOption(command);
  addFilterOptions(command);
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const { runSummary } = await import('../runs.js');
    await runSummary(command.opts(), run);
  });
}
