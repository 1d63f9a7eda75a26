import { Command } from '@commander-js/extra-typings';
import { oneOf } from '../../config/value.js';
import { argument, flagValue } from '../options/declare.js';
import { deliver } from '../run/deliver.js';
import { defineCommand } from './define.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const make = defineCommand({
  purpose: 'This program:',
  examples: [
    ['source <(o-copilot completion bash)', 'in ~/.bashrc'],
    ['source <(o-copilot completion zsh)', 'in ~/.zshrc, after compinit'],
    ['o-copilot completion fish | source', 'in ~/.config/fish/config.fish'],
  ],

  declare: () =>
    new Command('completion')
      .description('print the completion script of a shell')
      .addArgument(
        argument('<shell>', `one of ${SHELLS.join(', ')}`, { choices: SHELLS }).argParser((text) =>
          flagValue('completion', text, oneOf(SHELLS)),
        ),
      ),
  async run(_, context, shell) {
    const { completionScript } = await import('../help/completion-scripts.js');
    const script = completionScript(shell, context.command.parent ?? context.command);
    await deliver({ output: undefined }, context, async (writer) => writer.write(script));
  },
});
