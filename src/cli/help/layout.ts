import type { CommandUnknownOpts, Help } from '@commander-js/extra-typings';
import { wrapWords } from '../../format/table/lines.js';
import { EXAMPLES, type Examples } from '../options/declare.js';
import type { Host } from '../process/host.js';

/** Columns where help does not go to a terminal. */
const USUAL = 80;
/** Longer lines are hard to read. */
const WIDEST = 100;
const NARROWEST = 20;

/** Columns that a text beside its term needs; with less it goes beneath. */
const LEAST_BESIDE = 30;
const BENEATH = 6;

export function helpWidth({ stdout }: Host): number {
  if (stdout.isTTY !== true || !stdout.columns) return USUAL;
  return Math.min(Math.max(stdout.columns, NARROWEST), WIDEST);
}

/** Text in lines of at most `width` columns, each with `indent` spaces before it. */
export function textLines(text: string, indent: number, width: number): string[] {
  return [...wrapWords(text.split(' '), width - indent, true)].map((line) => ' '.repeat(indent) + line);
}

/**
 * A term and what it means: beside each other, or beneath where the terms leave too few columns.
 *
 * @param termWidth of the longest term in the list
 */
export function itemLines(term: string, text: string, termWidth: number, width: number): string[] {
  const indent = termWidth + 4;
  if (width - indent < LEAST_BESIDE) {
    return [...textLines(term, 2, width), ...textLines(text, Math.min(BENEATH, indent), width)];
  }
  const lines = textLines(text, indent, width);
  if (term.length > termWidth) return [`  ${term}`, ...lines];
  const [first = '', ...rest] = lines;
  return [`  ${term.padEnd(termWidth)}  ${first.slice(indent)}`, ...rest];
}

/** A command line that a shell reads as one: broken between words, never inside quotes. */
export function commandLines(command: string, width: number): string[] {
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const space = width - (lines.length === 0 ? 2 : 4) - 2;
    if (line !== '' && line.length + 1 + word.length > space) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, index) => {
    return `${index === 0 ? '  ' : '    '}${each}${index < lines.length ? ' \\' : ''}`;
  });
}

/** Columns of `Usage: `. */
const USAGE = 7;

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

/** Shows examples after the help of each command. */
export function addExamples(commands: readonly CommandUnknownOpts[], width: number): void {
  for (const command of commands) {
    const examples = EXAMPLES.get(command) ?? [];
    if (examples.length === 0) continue;
    command.addHelpText('after', () => `\nExamples:\n${exampleLines(examples, width).join('\n')}`);
  }
}

function exampleLines(examples: Examples, width: number): string[] {
  return examples.flatMap(([line, text]) => [
    ...textLines(text, 4, width).map((comment) => comment.replace('    ', '  # ')),
    ...commandLines(line, width),
  ]);
}
