import type { Command, CommandUnknownOpts, OptionValues } from '@commander-js/extra-typings';
import { EXAMPLES, type Examples, refuseExtraWords, refuseFlagsAsValues } from '../options/declare.js';
import type { Context } from '../process/host.js';
import { checkFiles } from '../run/files.js';

export interface CommandContext extends Context {
  readonly command: CommandUnknownOpts;
}

/** What a command is for: the headings of the program's help. */
type Purpose = 'See what was used:' | 'Check a bill:' | 'Serve and scale:' | 'This program:';

/** A command: its options and arguments, declared once, and what it does. */
interface Definition<Args extends unknown[], Options extends OptionValues> {
  readonly purpose: Purpose;
  readonly examples?: Examples;
  declare(): Command<Args, Options>;
  run(options: Options, context: CommandContext, ...args: Args): Promise<void>;
  /** Whether the data that `--source` names is read: it must not be written to. */
  readsSource?(options: Options, ...args: Args): boolean;
  /** Whether stdin is read, where no option or argument says so. */
  readsStdin?(options: Options): boolean;
}

/** A command line that is about to be parsed. */
export interface Invocation {
  /** Those after the program's name. */
  readonly words: readonly string[];
  /** Called with the command that the first word names. */
  onCommand?(command: CommandUnknownOpts): void;
}

export type MakeCommand = (context: Context, invocation: Invocation) => CommandUnknownOpts;

export function defineCommand<Args extends unknown[], Options extends OptionValues>(
  definition: Definition<Args, Options>,
): MakeCommand {
  return (context, { words, onCommand }) => {
    const command = definition.declare().helpGroup(definition.purpose);
    EXAMPLES.set(command, definition.examples ?? []);
    if (words[0] === command.name()) {
      onCommand?.(command);
      refuseFlagsAsValues(command, words);
    }
    return command.action(async () => {
      refuseExtraWords(command);
      const options = command.opts();
      const args = command.processedArgs;
      const source = definition.readsSource?.(options, ...args) ?? false;
      const stdin = definition.readsStdin?.(options) ?? false;
      await checkFiles(command, { source, stdin }, context);
      await definition.run(options, { ...context, command }, ...args);
    });
  };
}
