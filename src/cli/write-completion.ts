import type { Command } from 'commander';
import { bashCompletion } from './completion/bash.js';
import { describeProgram } from './completion/describe-program.js';
import { fishCompletion } from './completion/fish.js';
import { zshCompletion } from './completion/zsh.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Prints what a shell needs to complete the commands and flags of `program`. */
export async function writeCompletion(
  shell: keyof typeof SCRIPTS,
  program: Command,
  run: Run,
): Promise<void> {
  const script = SCRIPTS[shell](describeProgram(program));
  await deliver({ output: undefined }, run, async (writer) => writer.write(script));
}
