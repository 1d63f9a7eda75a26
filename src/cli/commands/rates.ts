import { Command, Option } from 'commander';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';

/** `rates`: what a text costs now, or cost at another time. */
export function ratesCommand(run: Run): Command {
  const command = new Command('rates')
    .description('the rates in force: the published ones, or those of a file')
    .addOption(
      new Option('--at <time>', 'in force at this date (midnight UTC) or instant (default now)').helpGroup(
        'Rates:',
      ),
    );
  addRatesOption(command);
  addResultOptions(command, DOCUMENT_FORMATS, 'a file for --rates');
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const { runRates } = await import('../runs.js');
    await runRates(command.opts(), run);
  });
}
