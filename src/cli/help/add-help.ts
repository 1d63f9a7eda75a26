import type { Command, Help } from 'commander';
import { wrapWords } from '../../format/table/lines.js';
import { EXAMPLES } from './examples.js';
import { commandLines, itemLines, textLines } from './layout.js';
import { TOPIC_NAMES, TOPICS } from './topics.js';

/** Columns of `Usage: `. */
const USAGE = 7;

/** What the commands are for; the order is that of help. */
const GROUPS: readonly (readonly [heading: string, commands: readonly string[]])[] = [
  ['See what was used:', ['usage', 'summary', 'explain', 'report']],
  ['Check a bill:', ['diff', 'verify', 'snapshot', 'rates']],
  ['Serve and scale:', ['serve', 'price', 'merge']],
  ['This program:', ['config', 'completion', 'help']],
];

/** How commander lays out help of `width` columns. */
export function helpLayout(width: number): Partial<Help> {
  return {
    helpWidth: width,
    minWidthToWrap: 1,
    styleUsage: (usage) => [...wrapWords(usage.split(' '), width - USAGE)].join(`\n${' '.repeat(USAGE)}`),
    formatItem: (term, termWidth, text) =>
      text === '' ? `  ${term}` : itemLines(term, text, termWidth, width).join('\n'),
    // The choices are for shell completion; each description names its own.
    optionDescription: ({ description }) => description,
    argumentDescription: ({ description }) => description,
  };
}

/** Groups the commands of `program` by what they are for, and shows examples after the help of each. */
export function addHelp(program: Command, width: number): void {
  for (const command of program.commands) {
    const group = GROUPS.find(([, names]) => names.includes(command.name()));
    if (group !== undefined) command.helpGroup(group[0]);
    const examples = EXAMPLES[command.name()];
    if (examples !== undefined) {
      command.addHelpText('after', () => `\nExamples:\n${exampleLines(examples, width).join('\n')}`);
    }
  }
  program.addHelpText('after', () => `\n${topicLines(width).join('\n')}`);
}

function exampleLines(examples: readonly (readonly [line: string, text: string])[], width: number): string[] {
  return examples.flatMap(([line, text]) => [
    ...textLines(text, 4, width).map((comment) => comment.replace('    ', '  # ')),
    ...commandLines(line, 2, width),
  ]);
}

function topicLines(width: number): string[] {
  const terms = TOPIC_NAMES.map((name) => [`o-copilot help ${name}`, TOPICS[name]] as const);
  const longest = Math.max(...terms.map(([term]) => term.length));
  return [
    ...textLines('Without a command: usage. More:', 0, width),
    ...terms.flatMap(([term, text]) => itemLines(term, text, longest, width)),
  ];
}
