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

/** A whole number written in plain digits. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Parse<number> {
  const range =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  return (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) throw new InvalidValue(range, text);
    return number;
  };
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

/** A `Parse` that knows all the texts it takes. */
export interface ChoiceParse<Choice extends string> extends Parse<Choice> {
  readonly choices: readonly Choice[];
}

/** The texts that `parse` takes, where they can be listed. */
export function choicesOf(parse: Parse<unknown>): readonly string[] | undefined {
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
export function listOf<const Choice extends string>(choices: readonly Choice[]): Parse<Choice[]> {
  const parse = oneOf(choices);
  return (text) => {
    const list = text.split(',').map((part) => parse(part.trim()));
    if (new Set(list).size < list.length) throw new InvalidValue('each name once', text);
    return list;
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** The longest that a timer can wait: 2^31 − 1 milliseconds. */
const LONGEST = 2_147_483_647;

/** A duration such as `500ms`, `10s`, `2m`, `1h`, in milliseconds; never zero. */
export const duration: Parse<number> = (text) => {
  const match = /^(\d{1,10})(ms|s|m|h)$/.exec(text);
  const milliseconds = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (!(milliseconds >= 1 && milliseconds <= LONGEST)) {
    throw new InvalidValue('a duration such as 500ms, 10s or 2m (24 days at the most)', text);
  }
  return milliseconds;
};

/** The placeholder and the parser of a setting that is a duration. */
export const TIME = { placeholder: 'time', parse: duration } as const;

const SIZES: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A size such as `500m` or `4g`, in bytes: the units are powers of 1024. */
export const size: Parse<number> = (text) => {
  const match = /^(\d{1,12})([kmgt]?)(?:i?b)?$/i.exec(text);
  const bytes = Number(match?.[1]) * (SIZES[match?.[2]?.toLowerCase() ?? '-'] ?? Number.NaN);
  if (!(bytes >= 1 && Number.isSafeInteger(bytes))) throw new InvalidValue('a size such as 500m or 4g', text);
  return bytes;
};

/** Text that is not empty and holds no control character. */
export const plainText: Parse<string> = (text) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header or URL must not hold them
  if (text.trim() === '' || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new InvalidValue('text without control characters', text);
  }
  return text;
};
