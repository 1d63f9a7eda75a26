import { Command } from 'commander';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addJobOptions } from '../options/job-options.js';
import { addRunOptions } from '../options/run-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `snapshot`: the raw messages and reports, kept so that the bill can be computed again. */
export function snapshotCommand(run: Run): Command {
  const command = new Command('snapshot')
    .description('keep the raw messages and reports in a new folder, to compute the bill again offline')
    .argument('<folder>', 'must not exist yet, or be empty');
  addSettingOptions(command);
  addRunOptions(command);
  addJobOptions(command);
  return command.action(async (folder: string) => {
    checkWords(command, run.host.argv);
    const { runSnapshot } = await import('../runs.js');
    await runSnapshot(folder, command.opts(), run);
  });
}
