import type { Command } from 'commander';
import { EXAMPLES } from './examples.js';
import { TOPIC_NAMES, TOPICS } from './topics.js';

/** What the commands are for; the order is that of help. */
const GROUPS: readonly (readonly [heading: string, commands: readonly string[]])[] = [
  ['See what was used:', ['usage', 'summary', 'explain', 'report']],
  ['Check a bill:', ['diff', 'verify', 'snapshot', 'rates']],
  ['Serve and scale:', ['serve', 'price', 'merge']],
  ['This program:', ['config', 'completion', 'help']],
];

/** Groups the commands of `program` by what they are for, and shows examples after the help of each. */
export function addHelp(program: Command): void {
  for (const command of program.commands) {
    const group = GROUPS.find(([, names]) => names.includes(command.name()));
    if (group !== undefined) command.helpGroup(group[0]);
    const examples = EXAMPLES[command.name()];
    if (examples !== undefined) command.addHelpText('after', () => `\nExamples:\n${exampleLines(examples)}`);
  }
  program.addHelpText('after', () => `\n${topicLines()}`);
}

function exampleLines(examples: readonly (readonly [line: string, text: string])[]): string {
  return examples.map(([line, text]) => `  # ${text}\n  ${line}`).join('\n');
}

function topicLines(): string {
  const width = Math.max(...TOPIC_NAMES.map(({ length }) => length));
  const topics = TOPIC_NAMES.map((name) => `  o-copilot help ${name.padEnd(width)}  ${TOPICS[name]}`);
  return ['Without a command: usage. More:', ...topics].join('\n');
}
