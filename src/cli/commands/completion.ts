import { Argument, Command } from 'commander';
import { oneOf } from '../../config/value.js';
import type { Run } from '../host.js';
import { checkWords, flagValue } from '../options/check-values.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `completion`: the script by which a shell completes commands, flags and values. */
export function completionCommand(run: Run): Command {
  const shell = new Argument('<shell>', `one of ${SHELLS.join(', ')}`);
  shell.argChoices = [...SHELLS];
  const command = new Command('completion')
    .description('print the completion script of a shell')
    .addArgument(shell);
  return command.action(async (name: string) => {
    checkWords(command, run.host.argv);
    const chosen = flagValue('completion', name, oneOf(SHELLS));
    const { writeCompletion } = await import('../write-completion.js');
    await writeCompletion(chosen, command.parent ?? command, run);
  });
}
