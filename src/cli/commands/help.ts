import { Command } from '@commander-js/extra-typings';
import { oneOf } from '../../config/value.js';
import { helpWidth } from '../help/layout.js';
import { TOPICS, topicText } from '../help/topics.js';
import { argument, flagValue } from '../options/declare.js';
import { deliver } from '../run/deliver.js';
import { defineCommand, type MakeCommand } from './define.js';

/** How a command is used, or a topic. */
export function makeHelp(commands: readonly string[]): MakeCommand {
  const topics = Object.keys(TOPICS);
  const names = [...commands, 'help', ...topics];
  const declareHelp = () =>
    new Command('help')
      .description('how a command is used, or a topic')
      .addArgument(
        argument('[topic]', `a command, or ${topics.join(', ')}`, { choices: names }).argParser((text) =>
          flagValue('help', text, oneOf(names)),
        ),
      );
  return defineCommand({
    purpose: 'This program:',
    declare: declareHelp,
    async run(_, context, name) {
      const program = context.command.parent;
      const [, topic] = Object.entries(TOPICS).find(([each]) => each === name) ?? [];
      if (topic === undefined) {
        const command = program?.commands.find((each) => each.name() === name);
        return (command ?? program)?.outputHelp();
      }
      const text = topicText(topic, helpWidth(context.host));
      await deliver({ output: undefined }, context, async (writer) => writer.write(text));
    },
  });
}
