import { Command } from 'commander';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `verify`: whether an export is what its receipt says, and can be computed again. */
export function verifyCommand(run: Run): Command {
  const command = new Command('verify')
    .description(
      'check an export against its receipt; with --source also compute it again, to the same bytes. Exit 1: they differ',
    )
    .argument('<export>', 'the file that --output wrote')
    .argument('<receipt>', 'the file that --receipt wrote');
  addResultOptions(command, DOCUMENT_FORMATS, 'the {"verify":{…}} document');
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async (exported: string, receipt: string) => {
    checkWords(command, run.host.argv);
    const { runVerify } = await import('../runs.js');
    await runVerify(exported, receipt, command.opts(), run);
  });
}
