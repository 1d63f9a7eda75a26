import { Argument, Command } from 'commander';
import { oneOf } from '../../config/value.js';
import { TOPIC_NAMES } from '../help/topics.js';
import type { Run } from '../host.js';
import { checkWords, flagValue } from '../options/check-values.js';

/** `help`: how a command is used, or a topic. */
export function helpCommand(run: Run, others: readonly Command[]): Command {
  const names = [...others.map((command) => command.name()), 'help', ...TOPIC_NAMES];
  const topic = new Argument('[topic]', `a command, or ${TOPIC_NAMES.join(', ')}`);
  topic.argChoices = names;
  const command = new Command('help').description('how a command is used, or a topic').addArgument(topic);
  return command.action(async (name: string | undefined) => {
    checkWords(command, run.host.argv);
    if (name === undefined) return command.parent?.outputHelp();
    const chosen = flagValue('help', name, oneOf(names));
    const asked = [...others, command].find((each) => each.name() === chosen);
    if (asked !== undefined) return asked.outputHelp();
    const { writeTopic } = await import('../write-topic.js');
    await writeTopic(chosen, run);
  });
}
