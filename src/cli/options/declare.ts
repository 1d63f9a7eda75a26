import {
  Argument,
  type Command,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from '@commander-js/extra-typings';
import { InvalidValue, type Parse } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { RECEIPT_FLAGS, type ReceiptFlag } from '../../receipt/flags.js';

/** What else is declared with an option or an argument. */
export interface Traits {
  /** The value names a file or folder, which the run reads or writes. Of `result` `-` is stdout. `source`: data comes from it. */
  readonly file?: 'read' | 'write' | 'write-folder' | 'result' | 'source' | undefined;
  /** Two runs that write it exclude each other, by a lock file beside it. */
  readonly locked?: true;
  /** The file is one of several that are added up, so none may be given twice. */
  readonly summed?: true;
  /** Its values add up to a list. */
  readonly repeated?: true;
  /** What shell completion offers as its value. */
  readonly choices?: readonly string[] | undefined;
}

interface OptionTraits extends Traits {
  /** Heading in the help of a command. */
  readonly group: string;
  /** Other values give other bytes, so a receipt retains it: as given, or as resolved where settings have a say. */
  readonly shapes?: 'given' | 'resolved' | undefined;
}

type Declared = Pick<Option, 'flags'> | Pick<Argument, 'description'>;

const declared = new WeakMap<Declared, Traits & Partial<OptionTraits>>();
const givenTexts = new WeakMap<Declared, readonly string[]>();

export function traitsOf(option: Declared): Traits & Partial<OptionTraits> {
  return declared.get(option) ?? {};
}

/** Declares an option without a value, or whose value is taken as it is. */
export function option<const Usage extends string>(usage: Usage, description: string, traits: OptionTraits) {
  const made = new Option(usage, description).helpGroup(traits.group);
  // Not commander's own `choices`, whose error names neither the flag nor what was meant.
  if (traits.choices !== undefined) made.argChoices = [...traits.choices];
  declared.set(made, traits);
  return made;
}

/** Declares an option whose value `parse` reads; of an option that is repeated the last value counts. */
export function parsedOption<const Usage extends string, Value>(
  usage: Usage,
  description: string,
  parse: Parse<Value>,
  traits: OptionTraits,
) {
  const made = option(usage, description, traits);
  return made.argParser((text: string): Value => {
    givenTexts.set(made, [text]);
    return flagValue(made.long ?? made.flags, text, parse);
  });
}

/** Declares an option whose values add up to a list. */
export function repeatedOption<const Usage extends string, Value>(
  usage: Usage,
  description: string,
  parse: Parse<Value>,
  traits: OptionTraits,
) {
  const made = option(usage, description, { ...traits, repeated: true });
  return made.argParser((text: string, earlier: Value[] = []): Value[] => {
    givenTexts.set(made, [...(givenTexts.get(made) ?? []), text]);
    return [...earlier, flagValue(made.long ?? made.flags, text, parse)];
  });
}

/** Declares an argument. */
export function argument<const Usage extends string>(usage: Usage, description: string, traits: Traits) {
  const made = new Argument(usage, description);
  if (traits.choices !== undefined) made.argChoices = [...traits.choices];
  declared.set(made, traits);
  return made;
}

/** Command lines worth knowing; the text says what each is for. */
export type Examples = readonly (readonly [line: string, text: string])[];

export const EXAMPLES = new WeakMap<object, Examples>();

/** The values of a command's options. */
export type OptionsOf<Declare extends () => { opts(): unknown }> = ReturnType<ReturnType<Declare>['opts']>;

/** Declares options that commands share. */
export type OptionGroup = () => { readonly options: readonly Option[]; opts(): OptionValues };

type OptionsOfAll<Groups> = Groups extends readonly [infer First extends OptionGroup, ...infer Rest]
  ? OptionsOf<First> & OptionsOfAll<Rest>
  : unknown;

/** Adds the options of groups to a command, and to the type of its options. */
export function withOptions<
  Args extends unknown[],
  Own extends OptionValues,
  Globals extends OptionValues,
  Groups extends OptionGroup[],
>(
  command: Command<Args, Own, Globals>,
  ...groups: Groups
): Command<Args, Own & OptionsOfAll<Groups>, Globals>;
export function withOptions(command: Command, ...groups: OptionGroup[]): Command {
  for (const each of groups.flatMap((group) => group().options)) command.addOption(each);
  return command;
}

/** The value of a flag. @throws CommandLineError that names the flag */
export function flagValue<Value>(flag: string, text: string, parse: Parse<Value>): Value {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidValue) throw new CommandLineError(`${flag}: ${error.message}`);
    throw error;
  }
}

/**
 * Refuses a flag that was taken as another flag's value (`--output --json`). A value that really looks like a flag can
 * be given as `--text=--json`.
 *
 * @throws CommandLineError
 */
export function refuseFlagsAsValues(
  { options }: Pick<CommandUnknownOpts, 'options'>,
  words: readonly string[],
): void {
  const namesOf = ({ long, short }: Pick<Option, 'long' | 'short'>) =>
    [long, short].filter((name) => typeof name === 'string');
  const flags = new Set(options.flatMap(namesOf));
  const withValue = new Set(options.filter(({ required }) => required).flatMap(namesOf));
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (word === '--') return;
    if (withValue.has(word) && next !== undefined && (flags.has(next) || next === '--')) {
      throw new CommandLineError(`${word} needs a value, but ${next} follows it`);
    }
  }
}

/** Refuses a word too many, and names it, which commander does not. @throws CommandLineError */
export function refuseExtraWords({ args, registeredArguments }: CommandUnknownOpts): void {
  const extra = args[registeredArguments.length];
  const variadic = registeredArguments.at(-1)?.variadic === true;
  if (extra !== undefined && !variadic) throw new CommandLineError(`unexpected argument '${extra}'`);
}

/** The flags of a command line that shape its result's bytes, by long name, but for those that settings resolve. */
export function shapingFlags(command: CommandUnknownOpts): Record<string, ReceiptFlag> {
  const values = command.opts();
  const flags: Record<string, ReceiptFlag> = {};
  for (const name of RECEIPT_FLAGS) {
    const each = command.options.find((option) => longName(option) === name);
    if (each === undefined || traitsOf(each).shapes !== 'given') continue;
    const texts = givenTexts.get(each);
    const value: unknown = values[each.attributeName()];
    if (texts !== undefined) flags[name] = traitsOf(each).repeated ? texts : (texts[0] ?? '');
    else if (typeof value === 'boolean') flags[name] = value;
  }
  return flags;
}

/** The words of a command line that give a receipt's flags. A name that shapes no bytes, such as `output`, is left out. */
export function wordsOf(
  flags: Readonly<Record<string, ReceiptFlag>>,
  { options }: Pick<CommandUnknownOpts, 'options'>,
) {
  return options.flatMap((each) => {
    const value = traitsOf(each).shapes === undefined ? undefined : flags[longName(each)];
    if (value === undefined) return [];
    if (typeof value === 'boolean') return value === each.negate ? [] : [each.long ?? each.flags];
    return [value].flat().map((text) => `${each.long}=${text}`);
  });
}

/** `formula-guard` of `--no-formula-guard`. */
export function longName({ long = '' }: Pick<Option, 'long'>): string {
  return long.replace(/^--(no-)?/, '');
}
