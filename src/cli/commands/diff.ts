import { Command } from 'commander';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';
import { addRatesOption } from '../options/rates-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addFilterOptions } from '../options/selection-options.js';
import { addSettingOptions } from '../options/setting-options.js';
import { addTotalOption } from '../options/total-option.js';

/** `diff`: what changed between two bills. */
export function diffCommand(run: Run): Command {
  const command = new Command('diff')
    .description('what changed between two exports, or an export and now; exits 1 where they differ')
    .argument('[old]', 'a JSON, NDJSON or CSV export; - is stdin')
    .argument('[new]', 'another; without it the source is read');
  addTotalOption(command);
  addResultOptions(command, DOCUMENT_FORMATS, 'the {"diff":{…}} document, one change a line');
  addFilterOptions(command);
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async (old: string | undefined, fresh: string | undefined) => {
    checkWords(command, run.host.argv);
    const { runDiff } = await import('../runs.js');
    const equal = await runDiff(old, fresh, command.opts(), run);
    if (!equal) run.host.exitCode = 1;
  });
}
