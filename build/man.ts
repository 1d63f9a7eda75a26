import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { version } from '../package.json';
import { TOPICS, type TopicSection } from '../src/cli/help/topics.js';
import { EXAMPLES } from '../src/cli/options/declare.js';
import { createWholeProgram } from '../src/cli/program.js';

const MAN_PAGE = new URL('../man/o-copilot.1', import.meta.url);

/** When the form of the page last changed: the day of the build would make each build another. */
const EDITION = '2026-11-25';

/** The man page in man(7) macros, made from the same declarations as `--help`. */
export async function manPage(): Promise<string> {
  const program = await createWholeProgram({ host: process, signal: new AbortController().signal });
  return `${[
    `.TH O\\-COPILOT 1 ${EDITION} "o\\-copilot ${version}" "User Commands"`,
    '.SH NAME',
    `o\\-copilot \\- ${roff(lowered(program.description()))}`,
    '.SH SYNOPSIS',
    '.B o\\-copilot',
    '.RI [ command ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    'Reads the messages and reports of a billing period, prices them exactly in credits and writes JSON, CSV, a table or a page.',
    'Without a command it is',
    '.BR usage .',
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandLines(program, command)),
    ...topicLines('EXIT STATUS', TOPICS['exit-codes'].sections),
    ...topicLines('ENVIRONMENT', TOPICS.environment.sections),
    ...topicLines('PRICING', TOPICS.pricing.sections),
    '.SH EXAMPLES',
    ...program.commands.flatMap((command) =>
      (EXAMPLES.get(command) ?? []).flatMap(([line, text]) => ['.TP', `.B ${roff(line)}`, roff(text)]),
    ),
  ].join('\n')}\n`;
}

function commandLines(program: CommandUnknownOpts, command: CommandUnknownOpts): string[] {
  const usage = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = program.createHelp().visibleOptions(command);
  return [
    `.SS ${roff(['o-copilot', command.name(), ...usage].join(' '))}`,
    roff(command.description()),
    ...options.flatMap(({ flags, description }) => ['.TP', `.B ${roff(flags)}`, roff(description)]),
  ];
}

function topicLines(heading: string, sections: readonly TopicSection[]): string[] {
  return [
    `.SH ${heading}`,
    ...sections.flatMap(({ title, entries, notes }) => [
      ...(sections.length === 1 ? [] : [`.SS ${roff(title)}`]),
      ...entries.flatMap(([term, text]) => ['.TP', `.B ${roff(term)}`, roff(text)]),
      ...notes.flatMap((note) => ['.PP', roff(note)]),
    ]),
  ];
}

/** Text that roff shows as it is: no escape, no request at its start, and hyphens that can be copied. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
  return escaped.replace(/^[.']/, '\\&$&');
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// A step of its own after the build: it loads the program, which the build has to make whole first.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(new URL('.', MAN_PAGE), { recursive: true });
  await writeFile(MAN_PAGE, await manPage());
}
