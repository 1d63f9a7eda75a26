import type { Command } from 'commander';
import { InvalidValue, listOf, oneOf, type Parse } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { declarationOf, endingOf, type Format, formatOfEnding, ROW_FORMATS } from '../../format/formats.js';
import { CONTRACT_FIELDS, FIELDS, type FieldName } from '../../format/rows.js';
import { COLOR_CHOICES, type ColorChoice, colorChoice } from '../color.js';
import { optionAdder } from './add-option.js';
import { flagValue } from './check-values.js';
import type { RawFlags } from './setting-options.js';

/** What a result looks like and where it goes. */
export interface ResultChoice<Of extends Format = Format> {
  readonly format: Of;
  readonly delimiter: string;
  readonly bom: boolean;
  readonly formulaGuard: boolean;
  /** Undefined: stdout. */
  readonly output: string | undefined;
  readonly color: ColorChoice;
  /** Nothing on stderr but errors. */
  readonly quiet: boolean;
}

/** The same for rows of usage. */
export interface OutputChoice extends ResultChoice {
  readonly fields: readonly FieldName[];
  readonly stream: boolean;
}

const GROUP = 'Output:';

/** The flags that choose the format and the place of a result; `json` says what its document is. */
export function addResultOptions(command: Command, formats: readonly Format[], json: string): Command {
  const add = optionAdder(command, GROUP);
  for (const format of formats) {
    add(`--${format}`, format === 'json' ? json : declarationOf(format).description);
  }
  add('--format <name>', `one of ${formats.join(', ')}; without it the ending of --output decides`, formats);
  add('--output <file>', 'write to a file, whole or not at all; - is stdout');
  if (formats.includes('csv')) {
    add('--delimiter <character>', 'between CSV cells (default ,)');
    add('--bom', 'begin CSV or TSV with a byte order mark, for Excel');
    add('--no-formula-guard', "leave text cells that begin with = + - @ as they are (else a ' goes first)");
  }
  add('--color <when>', `${COLOR_CHOICES.join(', ')}; also NO_COLOR, FORCE_COLOR`, COLOR_CHOICES);
  add('--no-color', 'the same as --color never');
  return command;
}

/** The flags that choose the format, the fields and the place of rows. */
export function addOutputOptions(command: Command): Command {
  addResultOptions(command, ROW_FORMATS, 'the {"usage":[…]} document, one item a line');
  const add = optionAdder(command, GROUP);
  add('--fields <names>', `comma-separated, from ${FIELDS.join(', ')}`, FIELDS);
  add('--stream', 'write while reading: a failure may leave part of a result');
  return command;
}

/** @throws CommandLineError */
export function outputFrom(flags: RawFlags): OutputChoice {
  const result = resultFrom(flags, ROW_FORMATS);
  const { fields } = flags;
  const stream = flags.stream === true;
  if (stream && result.output !== undefined && result.output !== '-') {
    throw new CommandLineError('--stream: is for stdout; --output FILE is always whole or not at all');
  }
  if (fields !== undefined && !declarationOf(result.format).flags.includes('fields')) {
    throw new CommandLineError(`--fields: ${result.format} has fields of its own`);
  }
  return {
    ...result,
    fields: typeof fields === 'string' ? flagValue('--fields', fields, listOf(FIELDS)) : CONTRACT_FIELDS,
    stream,
  };
}

/**
 * @param formats those that the command can write
 * @throws CommandLineError
 */
export function resultFrom<Of extends Format>(flags: RawFlags, formats: readonly Of[]): ResultChoice<Of> {
  const text = (name: string) => {
    const raw = flags[name];
    return typeof raw === 'string' ? raw : undefined;
  };
  const output = text('output');
  if (output === '') throw new CommandLineError('--output: needs the name of a file, or - for stdout');
  const format = formatFrom(flags, output, formats);
  const delimiter = text('delimiter');
  const follows = declarationOf(format).flags;
  if (delimiter !== undefined && !follows.includes('delimiter')) {
    throw new CommandLineError(`--delimiter: is for CSV, not ${format}`);
  }
  if (flags.bom === true && !follows.includes('bom')) {
    throw new CommandLineError(`--bom: is for CSV and TSV, not ${format}`);
  }
  return {
    format,
    delimiter: delimiter === undefined ? ',' : flagValue('--delimiter', delimiter, delimiterOf),
    bom: flags.bom === true,
    formulaGuard: flags.formulaGuard !== false,
    output,
    color: colorFrom(flags.color),
    quiet: flags.quiet === true,
  };
}

/** commander makes `--no-color` false, and leaves true where only `--no-color` could have said something else. */
function colorFrom(raw: unknown): ColorChoice {
  if (raw === false) return 'never';
  return typeof raw === 'string' ? flagValue('--color', raw, colorChoice) : 'auto';
}

function formatFrom<Of extends Format>(
  flags: RawFlags,
  output: string | undefined,
  formats: readonly Of[],
): Of {
  const asked = formats.filter((format) => flags[format] === true);
  if (typeof flags.format === 'string') asked.push(flagValue('--format', flags.format, oneOf(formats)));
  const [format, ...others] = new Set(asked);
  if (others.length > 0) {
    throw new CommandLineError(`one format at a time: ${[format, ...others].join(' and ')} were asked for`);
  }
  if (format !== undefined) return format;
  const ending = endingOf(output ?? '');
  const implied = ending === '' ? 'table' : formatOfEnding(ending);
  const known = formats.find((each) => each === implied);
  if (known !== undefined) return known;
  const names = formats.join(', ');
  const problem =
    implied === undefined
      ? `${output}: no format ends in ${ending}; the formats are ${names}`
      : `${output} asks for ${implied}, but the formats are ${names}`;
  const endings = formats.flatMap((each) => declarationOf(each).endings);
  throw new CommandLineError(`--output: ${problem}; say --format, or end it in ${endings.join(', ')}`);
}

/** A character that occurs in no number, timestamp or header, and is no quote: else nobody could read the file. */
const delimiterOf: Parse<string> = (text) => {
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text;
  if (!/^[\t!#$%&()*,/;<>?[\]^`{|}~]$/.test(delimiter)) {
    throw new InvalidValue('one character such as , ; | or tab', text);
  }
  return delimiter;
};
