import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { oneOf } from '../../config/value.js';
import { TOPIC_NAMES, topicText } from '../help/topics.js';
import { argument, flagValue } from '../options/declare.js';
import type { Context } from '../process/host.js';
import { deliver } from '../run/deliver.js';
import { defineCommand, type MakeCommand } from './define.js';

/** How a command is used, or a topic. */
export function makeHelp(commands: readonly string[]): MakeCommand {
  const names = [...commands, 'help', ...TOPIC_NAMES];
  const declareHelp = () =>
    new Command('help')
      .description('how a command is used, or a topic')
      .addArgument(
        argument('[topic]', `a command, or ${TOPIC_NAMES.join(', ')}`, { choices: names }).argParser((text) =>
          flagValue('help', text, oneOf(names)),
        ),
      );
  return defineCommand({
    purpose: 'This program:',

    declare: declareHelp,
    run: (_, context, name) => showHelp(name, context, context.command.parent),
  });
}

/** @throws CommandLineError for a name that is no command and no topic */
async function showHelp(
  name: string | undefined,
  context: Context,
  program: CommandUnknownOpts | null,
): Promise<void> {
  const command = name === undefined ? program : program?.commands.find((each) => each.name() === name);
  if (command) return command.outputHelp();
  const text = await topicText(name ?? '', context.host);
  await deliver({ output: undefined }, context, async (writer) => writer.write(text));
}
