import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { bashCompletion } from './bash.js';
import { describeProgram } from './describe-program.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** What a shell needs to complete the commands and flags of `program`. */
export function completionScript(shell: keyof typeof SCRIPTS, program: CommandUnknownOpts): string {
  return SCRIPTS[shell](describeProgram(program));
}
