import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { traitsOf } from '../options/declare.js';

/** What a shell may offer where a value is expected: one of some words, or the name of a file. */
export interface Value {
  /** What the value is called in help. */
  readonly name: string;
  readonly choices: readonly string[];
  readonly isFile: boolean;
}

export interface Flag {
  /** With its dashes, the long one first. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: it takes none. */
  readonly value: Value | undefined;
}

export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  readonly arguments: readonly Value[];
}

/** The command that flags without a command belong to. */
export const DEFAULT_COMMAND = 'usage';

/** What shells complete: read from the program, so that nothing is listed twice. */
export function describeProgram(program: CommandUnknownOpts): DescribedCommand[] {
  const help = program.createHelp();
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: help.visibleOptions(command).map(describeFlag),
    arguments: command.registeredArguments.map(describeArgument),
  }));
}

function describeFlag(option: Option): Flag {
  const names = [option.long, option.short].filter((name) => typeof name === 'string');
  const placeholder = /[<[](.*)[>\]]/.exec(option.flags)?.[1];
  const value = placeholder === undefined ? undefined : describeValue(placeholder, option);
  return { names, description: option.description, value };
}

function describeArgument(argument: Argument): Value {
  return describeValue(argument.name(), argument);
}

function describeValue(name: string, of: Option | Argument): Value {
  const { choices = [], file } = traitsOf(of);
  return { name, choices, isFile: file !== undefined };
}
