import { Command, Option } from 'commander';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `explain`: how one price came about, step by step. */
export function explainCommand(run: Run): Command {
  const command = new Command('explain')
    .description('how one price came about, step by step, adding up to the total')
    .argument('[message-id]', 'a message of the period')
    .addOption(new Option('--text <text>', 'price this text instead of a message').helpGroup('Explain:'));
  addResultOptions(command, DOCUMENT_FORMATS, 'the {"explanation":{…}} document, one step a line');
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async (messageId: string | undefined) => {
    checkWords(command, run.host.argv);
    const { runExplain } = await import('../runs.js');
    await runExplain(messageId, command.opts(), run);
  });
}
