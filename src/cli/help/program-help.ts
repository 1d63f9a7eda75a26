import type { CommandUnknownOpts, Help } from '@commander-js/extra-typings';
import { wrapWords } from '../../format/table/lines.js';
import { type Examples, examplesOf } from '../options/declare.js';
import { commandLines, itemLines, textLines } from './layout.js';
import { TOPIC_NAMES, TOPICS } from './topics.js';

/** Columns of `Usage: `. */
const USAGE = 7;

/** How commander lays out help of `width` columns. */
export function helpLayout(width: number): Partial<Help> {
  return {
    helpWidth: width,
    minWidthToWrap: 1,
    styleUsage: (usage) =>
      [...wrapWords(usage.split(' '), width - USAGE, true)].join(`\n${' '.repeat(USAGE)}`),
    formatItem: (term, termWidth, text) =>
      text === '' ? `  ${term}` : itemLines(term, text, termWidth, width).join('\n'),
    // The choices are for shell completion; each description names its own.
    optionDescription: ({ description }) => description,
    argumentDescription: ({ description }) => description,
  };
}

/** Shows examples after the help of each command, and the topics after that of the program. */
export function addHelp(program: CommandUnknownOpts, width: number): void {
  for (const command of program.commands) {
    const examples = examplesOf(command);
    if (examples.length === 0) continue;
    command.addHelpText('after', () => `\nExamples:\n${exampleLines(examples, width).join('\n')}`);
  }
  program.addHelpText('after', () => `\n${topicLines(width).join('\n')}`);
}

function exampleLines(examples: Examples, width: number): string[] {
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
