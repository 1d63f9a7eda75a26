import { Command } from 'commander';
import { SUMMARY_FORMATS } from '../../format/formats.js';
import type { Run } from '../host.js';
import { addAsOfOption } from '../options/as-of-option.js';
import { checkWords } from '../options/check-values.js';
import { addResultOptions } from '../options/output-options.js';

/** `merge`: the sum of summaries. */
export function mergeCommand(run: Run): Command {
  const command = new Command('merge')
    .description('add the documents of summary --json exactly, in any order: parts of one period')
    .argument('[files...]', 'summaries, one or more a file; stdin without any');
  addAsOfOption(command, 'Summary:');
  addResultOptions(command, SUMMARY_FORMATS, 'the {"summary":{…}} document, one group a line');
  return command.action(async (files: string[]) => {
    checkWords(command, run.host.argv);
    const { runMerge } = await import('../runs.js');
    await runMerge(files, command.opts(), run);
  });
}
