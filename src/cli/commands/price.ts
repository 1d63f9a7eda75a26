import { Command, Option } from 'commander';
import { FIELDS } from '../../format/rows.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addRatesOption } from '../options/rates-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `price`: a filter from messages to priced messages. */
export function priceCommand(run: Run): Command {
  const option = (flags: string, description: string) => new Option(flags, description).helpGroup('Output:');
  const command = new Command('price')
    .description('price messages from stdin, one JSON object a line, to stdout in the same order')
    .addOption(
      new Option('--reports <file>', 'all reports, as NDJSON or a JSON array, instead of --source').helpGroup(
        'Input:',
      ),
    )
    .addOption(
      option('--fields <names>', `of ${FIELDS.join(', ')} (default the usual four, report_id and kind)`),
    )
    .addOption(
      option('--output <file>', 'write to a file, whole or not at all; stdout is written as it goes'),
    );
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const { runPrice } = await import('../runs.js');
    await runPrice(command.opts(), run);
  });
}
