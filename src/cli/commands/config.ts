import { Command } from 'commander';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `config`: every setting in force and where it came from. */
export function configCommand(run: Run): Command {
  const command = new Command('config').description(
    'every setting in force and where it came from, secrets masked',
  );
  addResultOptions(command, DOCUMENT_FORMATS, 'the {"settings":[…]} document, one setting a line');
  addSettingOptions(command);
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const { runConfig } = await import('../runs.js');
    await runConfig(command.opts(), run);
  });
}
