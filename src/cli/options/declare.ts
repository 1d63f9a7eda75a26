import {
  Argument,
  type Command,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from '@commander-js/extra-typings';
import { choicesOf, InvalidValue, type Parse } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { RECEIPT_FLAGS, type ReceiptFlag } from '../../receipt/flags.js';

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
  /** Heading in the help of a command. */
  readonly group?: string;
  /** Other values give other bytes, so a receipt retains it: as given, or as resolved where settings have a say. */
  readonly shapes?: 'given' | 'resolved' | undefined;
}

const declared = new WeakMap<object, Traits>();
const givenTexts = new WeakMap<object, readonly string[]>();

export const traitsOf = (option: object): Traits => declared.get(option) ?? {};

/** An option, and what it adds to the values of a command. */
export type Declares<Values> = Option & { readonly adds?: (values: Values) => void };

/** Declares an option. `parse` reads its value; of one that is given again it gets what it made before too. */
export function option<const Usage extends string, Value = TextOf<Usage>>(
  usage: Usage,
  description: string,
  traits: Traits & { readonly group: string },
  parse?: (text: string, before: Value | undefined) => Value,
): Declares<{ readonly [Name in NameIn<Usage>]?: Value | undefined }> {
  const made = new Option(usage, description).helpGroup(traits.group);
  const choices = traits.choices ?? (parse && choicesOf(parse));
  // Not commander's own `choices`, whose error names neither the flag nor what was meant.
  if (choices !== undefined) made.argChoices = [...choices];
  declared.set(made, { ...traits, choices });
  if (parse === undefined) return made;
  return made.argParser((text: string, before: Value | undefined): Value => {
    const earlier = traits.repeated ? (givenTexts.get(made) ?? []) : [];
    givenTexts.set(made, [...earlier, text]);
    return flagValue(made.long ?? made.flags, text, (given) => parse(given, before));
  });
}

/** `maxBody` of `--max-body <size>`. */
type NameIn<Usage extends string> = Usage extends `--no-${infer Name}`
  ? CamelCase<Name>
  : Usage extends `--${infer Name} ${string}`
    ? CamelCase<Name>
    : Usage extends `--${infer Name}`
      ? CamelCase<Name>
      : never;

type CamelCase<Text extends string> = Text extends `${infer Word}-${infer Rest}`
  ? `${Word}${Capitalize<CamelCase<Rest>>}`
  : Text;

/** The value of an option that nothing parses. */
type TextOf<Usage extends string> = Usage extends `${string}...]`
  ? string | readonly string[]
  : Usage extends `${string}>`
    ? string
    : Usage extends `--no-${string}`
      ? boolean
      : true;

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

/** The values of options that commands share. */
export type ValuesOf<Group extends () => readonly Option[]> = Added<ReturnType<Group>[number]>;

type Added<Each> = [Each] extends [{ readonly adds?: (values: infer All extends OptionValues) => void }]
  ? All
  : never;

export function withOptions<Args extends unknown[], Own extends OptionValues, Each extends Option>(
  command: Command<Args, Own>,
  options: readonly Each[],
): Command<Args, Own & Added<Each>>;
export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const each of options) command.addOption(each);
  return command;
}

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

/** Refuses a word too many, and names it, which commander does not. */
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
