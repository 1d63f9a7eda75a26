import { flagOf } from '../../config/setting.js';
import { listOf, oneOf, parsedBy, plainText } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { declarationOf, endingOf, type Format, formatOfEnding, ROW_FORMATS } from '../../format/formats.js';
import { FIELDS } from '../../format/rows.js';
import { STDOUT_NAMES } from '../../output/file.js';
import { readsText } from '../../usage/rows/row-query.js';
import type { Host } from '../process/host.js';
import { type Declares, option, type ValuesOf } from './declare.js';

/** What a result looks like and where it goes. */
export type ResultChoice<Of extends Format = Format> = ReturnType<typeof resultChoice<Of>>;

/** The same for rows of usage. */
export type RowsChoice = ReturnType<typeof rowsChoice>;

const GROUP = 'Output:';
const SHAPES = { group: GROUP, shapes: 'given' } as const;

const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

const csv = () => [
  option('--delimiter <character>', 'between CSV cells (default ,)', SHAPES, delimiter),
  option('--bom', 'begin CSV or TSV with a byte order mark, for Excel', SHAPES),
  option(
    '--no-formula-guard',
    "leave text cells that begin with = + - @ as they are (else a ' goes first)",
    SHAPES,
  ),
];

export type ColorOptions = { readonly color?: ColorChoice | boolean | undefined };

export type ResultOptions = { readonly [Name in Format]?: true | undefined } & {
  readonly format?: Format | undefined;
  readonly output?: string | undefined;
  readonly quiet?: true | undefined;
} & Partial<ValuesOf<typeof csv>> &
  ColorOptions;

/** The format and the destination of a result; `json` describes its document. */
export const resultOptions = (formats: readonly Format[], json: string): Declares<ResultOptions>[] => [
  ...formats.map((format) =>
    option(`--${format}`, format === 'json' ? json : declarationOf(format).description, { group: GROUP }),
  ),
  option(
    '--format <name>',
    `one of ${formats.join(', ')}; without it the ending of --output decides`,
    { group: GROUP, shapes: 'resolved' },
    oneOf(formats),
  ),
  option('--output <file>', 'write to a file, whole or not at all; - is stdout', {
    group: GROUP,
    file: 'result',
  }),
  ...(formats.includes('csv') ? csv() : []),
  option<'--color <when>', ColorOptions['color']>(
    '--color <when>',
    `${COLOR_CHOICES.join(', ')}; also NO_COLOR, FORCE_COLOR`,
    { group: GROUP, shapes: 'resolved' },
    oneOf(COLOR_CHOICES),
  ),
  option<'--no-color', ColorOptions['color']>('--no-color', 'the same as --color never', { group: GROUP }),
];

export const pageTextOption = () =>
  option('--with-text', 'a page has the texts of the messages, and its search finds them', SHAPES);

/** The format, the fields and the destination of rows. */
export const rowsOptions = () => [
  ...resultOptions(ROW_FORMATS, 'the {"usage":[…]} document, one item a line'),
  option('--fields <names>', `comma-separated, from ${FIELDS.join(', ')}`, SHAPES, listOf(FIELDS)),
  option('--stream', 'write while reading: a failure may leave part of a result', { group: GROUP }),
  option('--account-id <id>', 'the billing account, for FOCUS', SHAPES, plainText),
  option('--account-name <name>', 'its name, for FOCUS', SHAPES, plainText),
  pageTextOption(),
];

export type RowsOptions = ValuesOf<typeof rowsOptions>;

export function rowsChoice(options: RowsOptions) {
  const result = resultChoice(options, ROW_FORMATS);
  const { fields, accountId, accountName, stream = false, withText = false } = options;
  if (stream && result.output !== undefined && result.output !== '-') {
    throw new CommandLineError('--stream: is for stdout; --output FILE is always whole or not at all');
  }
  // Without fields: the usual ones of the format.
  return { ...result, fields, stream, account: { id: accountId, name: accountName }, withText };
}

/** @param formats those that the command can write */
export function resultChoice<Of extends Format>(options: ResultOptions, formats: readonly Of[]) {
  const { output, delimiter = ',', bom = false, formulaGuard = true, quiet = false } = options;
  if (output === '') throw new CommandLineError('--output: needs the name of a file, or - for stdout');
  const format = formatOf(options, formats);
  refuseOthers(options, format);
  return { format, delimiter, bom, formulaGuard, output, color: colorChoice(options), quiet };
}

const PURPOSES = [
  ['delimiter', (format) => `is for CSV, not ${format}`],
  ['bom', (format) => `is for CSV and TSV, not ${format}`],
  ['fields', (format) => `${format} has fields of its own`],
  ['withText', (format) => `is for html, not ${format}; say --fields with text in it`],
  ['accountId', (format) => `is for focus, not ${format}`],
  ['accountName', (format) => `is for focus, not ${format}`],
] as const satisfies [keyof RowsOptions, (format: Format) => string][];

/** Refuses options that the format does not follow. */
function refuseOthers(options: Partial<RowsOptions>, format: Format): void {
  for (const [name, problemWith] of PURPOSES) {
    if (options[name] === undefined || declarationOf(format).options.includes(name)) continue;
    throw new CommandLineError(`${flagOf(name)}: ${problemWith(format)}`);
  }
}

/** @throws CommandLineError where bytes that are no text would go to a terminal */
export function refuseTerminal({ format, output }: ResultChoice, { stdout }: Host): void {
  if (!declarationOf(format).binary || !stdout.isTTY || !STDOUT_NAMES.includes(output ?? '-')) return;
  const [ending] = declarationOf(format).endings;
  throw new CommandLineError(
    `--${format}: is not for a terminal; say --output FILE${ending}, or send it through a pipe`,
  );
}

function formatOf<Of extends Format>(options: ResultOptions, formats: readonly Of[]): Of {
  const { output } = options;
  const requested = formats.filter((format) => options[format] === true || options.format === format);
  const [format, ...others] = requested;
  if (others.length > 0) {
    throw new CommandLineError(`one format at a time: ${requested.join(' and ')} were given`);
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
      : `${output} means ${implied}, but the formats are ${names}`;
  const endings = formats.flatMap((each) => declarationOf(each).endings);
  throw new CommandLineError(`--output: ${problem}; say --format, or end it in ${endings.join(', ')}`);
}

/** Whether rows in this form need the texts of the messages: a page explains prices by them. */
export function readsTexts({ format, fields }: RowsChoice): boolean {
  return format === 'html' || fields?.some(readsText) === true;
}

/** Refuses a file whose ending promises another format than the only one that the command writes. */
export function checkEnding(name: string, file: string, format: Format): void {
  const implied = formatOfEnding(endingOf(file));
  if (implied === undefined || implied === format) return;
  const endings = declarationOf(format).endings.join(' or ');
  throw new CommandLineError(
    `${name}: ${file} means ${implied}, but what is written is ${format}; end it in ${endings}`,
  );
}

/** A character that occurs in no number, timestamp or header, and is no quote: else nobody could read the file. */
const delimiter = parsedBy((text) => {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  return /^[\t!#$%&()*,/;<>?[\]^`{|}~]$/.test(character) ? character : undefined;
}, 'one character such as , ; | or tab');

export function colorChoice({ color }: ColorOptions): ColorChoice {
  return color === false ? 'never' : typeof color === 'string' ? color : 'auto';
}

/**
 * Whether a stream gets colour. The first that says something decides: `--color always|never`, `NO_COLOR` (not
 * empty: never), `FORCE_COLOR` (`0` or `false`: never, else always), `TERM=dumb`, and last whether it is a terminal.
 */
export function wantsColor(
  choice: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
