import { closest, distance } from 'fastest-levenshtein';

/** A value that a setting does not take. The caller adds where it was given. */
export class InvalidValue extends Error {
  /** @param expected what would be right: `a whole number from 1 to 64` */
  constructor(
    readonly expected: string,
    readonly given: string,
    /** What was meant, where that can be guessed. */
    meant?: string,
  ) {
    const shown = JSON.stringify(given.length > 80 ? `${given.slice(0, 80)}…` : given);
    super(`expected ${expected}, got ${shown}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`);
  }
}

/** Reads a setting's text. @throws InvalidValue */
export type Parse<Value> = (text: string) => Value;

/** @param read gives undefined for what is wrong */
export function parsedBy<Value>(read: (text: string) => Value | undefined, expected: string): Parse<Value> {
  return (text) => {
    const value = read(text);
    if (value === undefined) throw new InvalidValue(expected, text);
    return value;
  };
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Parse<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return parsedBy((text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  }, `a whole number ${range}`);
}

/** @param expected what errors say would be right; the choices unless given */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  expected = `one of ${choices.join(', ')}`,
): ChoiceParse<Choice> {
  const parse: Parse<Choice> = (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new InvalidValue(expected, text, nearest(text, choices));
    return choice;
  };
  return Object.assign(parse, { choices });
}

/** A `Parse` that knows all the texts it takes, or whose lists it takes. */
export interface ChoiceParse<Choice extends string, Value = Choice> extends Parse<Value> {
  readonly choices: readonly Choice[];
}

/** The texts that `parse` takes, where they can be listed. */
export function choicesOf(parse: object): readonly string[] | undefined {
  return 'choices' in parse && Array.isArray(parse.choices) ? parse.choices.map(String) : undefined;
}

/** The choice that a misspelt text most likely means; undefined where it is like none. */
function nearest(text: string, choices: readonly string[]): string | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  const lower = choices.map((each) => each.toLowerCase());
  const near = lower.find((each) => each.startsWith(word)) ?? closest(word, lower);
  const choice = choices[lower.indexOf(near)];
  if (near.startsWith(word)) return choice;
  // Two of five letters wrong, and nobody knows any more.
  return distance(word, near) <= Math.max(word.length, near.length) * 0.4 ? choice : undefined;
}

/** Choices separated by commas, each at most once. */
export function listOf<const Choice extends string>(
  choices: readonly Choice[],
): ChoiceParse<Choice, Choice[]> {
  const parse = oneOf(choices);
  const parseList: Parse<Choice[]> = (text) => {
    const list = text.split(',').map((part) => parse(part.trim()));
    if (new Set(list).size < list.length) throw new InvalidValue('each name once', text);
    return list;
  };
  return Object.assign(parseList, { choices });
}

/** A count and its unit, of at least 1. */
function quantity(
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
  most: number,
  expected: string,
): Parse<number> {
  return parsedBy((text) => {
    const [, count, unit = ''] = pattern.exec(text) ?? [];
    const value = Number(count) * (units[unit.toLowerCase()] ?? Number.NaN);
    return value >= 1 && value <= most ? value : undefined;
  }, expected);
}

/** In milliseconds: as long as a timer can wait, 2^31 − 1, at the most. */
export const duration = quantity(
  /^(\d{1,10})(ms|s|m|h)$/,
  { ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
  2_147_483_647,
  'a duration such as 500ms, 10s or 2m (24 days at the most)',
);

/** In bytes: the units are powers of 1024. */
export const size = quantity(
  /^(\d{1,12})([kmgt]?)(?:i?b)?$/i,
  { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 },
  Number.MAX_SAFE_INTEGER,
  'a size such as 500m or 4g',
);

/** Text that is not empty and holds no control character. */
export const plainText = parsedBy(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header or URL must not hold them
  (text) => (text.trim() === '' || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text),
  'text without control characters',
);
