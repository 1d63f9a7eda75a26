import type { Command } from 'commander';
import { InvalidValue, type Parse } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';

/** The value of a flag. @throws CommandLineError that names the flag */
export function flagValue<Value>(flag: string, raw: string, parse: Parse<Value>): Value {
  try {
    return parse(raw);
  } catch (error) {
    if (error instanceof InvalidValue) throw new CommandLineError(`${flag}: ${error.message}`);
    throw error;
  }
}

/**
 * Refuses what commander lets pass: a word too many, and a flag taken as another flag's value
 * (`--output --json`). A value that really looks like a flag can be given as `--text=--json`.
 *
 * @throws CommandLineError
 */
export function checkWords(command: Command, argv: readonly string[]): void {
  refuseFlagsAsValues(command, argv);
  const extra = command.args[command.registeredArguments.length];
  const variadic = command.registeredArguments.at(-1)?.variadic === true;
  if (extra !== undefined && !variadic) throw new CommandLineError(`unexpected argument '${extra}'`);
}

function refuseFlagsAsValues(command: Command, argv: readonly string[]): void {
  const takers = new Set<string>();
  const flags = new Set<string>();
  for (const { long, short, required } of command.options) {
    for (const name of [long, short]) {
      if (name == null) continue;
      flags.add(name);
      if (required) takers.add(name);
    }
  }
  for (const [index, word] of argv.entries()) {
    const next = argv[index + 1];
    if (word === '--') return;
    if (takers.has(word) && next !== undefined && (flags.has(next) || next === '--')) {
      throw new CommandLineError(`${word} needs a value, but ${next} follows it`);
    }
  }
}
