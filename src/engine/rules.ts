import type { Counted } from './text/measure.js';
import type { Thresholds } from './text/word-tally.js';

/**
 * The rules by which a text is priced. Prices, explanations, the rate card with its schema, help and tables derive from
 * this table. A new rule is an entry of `RULES` and its place in `RULES_OF`; what it counts is a field of `Measure`.
 * Loads nothing, so that a start that prices nothing stays short.
 */

/** An amount or a factor that a rate card sets. */
interface RateDeclaration {
  /** In `Rates`; a rate card writes it in snake case. */
  readonly name: string;
  /** What the billing team publishes: hundredths of a credit, or the factor. */
  readonly published: number;
  /** In the schema of a rate card. */
  readonly description: string;
}

interface RuleTexts {
  /** In the tables of `explain` and `rates`. */
  readonly label: (thresholds: Thresholds) => string;
  /** In the table of `rates`, where it is another. */
  readonly rateLabel?: string;
  /** In `help pricing`: the name of the rule, and what follows the rate. */
  readonly help: (thresholds: Thresholds) => readonly [name: string, text: string];
}

/** Adds `rate` for each one counted, or takes it off; where it takes off, the total stays at least `floor`. */
interface UnitRule extends RuleTexts {
  readonly kind: 'unit';
  /** A field of `Measure`, where true is once, or the message, which is always once. */
  readonly counts: Counted;
  readonly rate: RateDeclaration;
  readonly takenOff?: { readonly floor: RateDeclaration };
}

/** Raises the total to a minimum. */
interface MinimumRule extends RuleTexts {
  readonly kind: 'minimum';
  readonly minimum: RateDeclaration;
}

/** Multiplies the total so far. */
interface FactorRule extends RuleTexts {
  readonly kind: 'factor';
  readonly counts: Counted;
  readonly factor: RateDeclaration;
}

export type Rule = UnitRule | MinimumRule | FactorRule;

const MINIMUM = {
  name: 'minimum',
  published: 100,
  description: 'What the bonus leaves is never less.',
} as const;

export const RULES = {
  base: {
    kind: 'unit',
    counts: 'message',
    rate: { name: 'base', published: 100, description: 'Every message.' },
    label: () => 'Base',
    rateLabel: 'Every message',
    help: () => ['base', ''],
  },
  characters: {
    kind: 'unit',
    counts: 'characters',
    rate: { name: 'character', published: 5, description: 'Each Unicode code point.' },
    label: () => 'Characters',
    rateLabel: 'Each character',
    help: () => ['characters', ' each'],
  },
  'short-words': {
    kind: 'unit',
    counts: 'shortWords',
    rate: { name: 'shortWord', published: 10, description: 'Each word shorter than medium_from.' },
    label: ({ mediumFrom }) => `Words of ${lengths(1, mediumFrom - 1)} characters`,
    help: ({ mediumFrom }) => [`words of ${lengths(1, mediumFrom - 1)}`, ' each'],
  },
  'medium-words': {
    kind: 'unit',
    counts: 'mediumWords',
    rate: {
      name: 'mediumWord',
      published: 20,
      description: 'Each word from medium_from on, shorter than long_from.',
    },
    label: ({ mediumFrom, longFrom }) => `Words of ${lengths(mediumFrom, longFrom - 1)} characters`,
    help: ({ mediumFrom, longFrom }) => [`words of ${lengths(mediumFrom, longFrom - 1)}`, ' each'],
  },
  'long-words': {
    kind: 'unit',
    counts: 'longWords',
    rate: { name: 'longWord', published: 30, description: 'Each word from long_from on.' },
    label: ({ longFrom }) => `Words of ${longFrom} or more characters`,
    help: ({ longFrom }) => [`words of ${longFrom} or more`, ' each'],
  },
  'third-vowels': {
    kind: 'unit',
    counts: 'thirdVowels',
    rate: { name: 'thirdVowel', published: 30, description: 'Each vowel at a third place.' },
    label: () => 'Third vowels',
    help: () => ['third vowels', ' each: a, e, i, o, u at the characters 3, 6, 9 …'],
  },
  length: {
    kind: 'unit',
    counts: 'overLength',
    rate: { name: 'overLength', published: 500, description: 'A text longer than length_limit.' },
    label: ({ lengthLimit }) => `More than ${lengthLimit} characters`,
    help: ({ lengthLimit }) => ['length', ` where there are more than ${lengthLimit} characters`],
  },
  'unique-words': {
    kind: 'unit',
    counts: 'allWordsUnique',
    rate: {
      name: 'uniqueWordsBonus',
      published: 200,
      description: 'Taken off where no word appears twice; written without a minus.',
    },
    takenOff: { floor: MINIMUM },
    label: () => 'No word twice',
    help: () => ['unique words', ' where no word comes twice'],
  },
  palindrome: {
    kind: 'factor',
    counts: 'palindrome',
    factor: {
      name: 'palindromeFactor',
      published: 2,
      description: 'A palindrome costs so many times as much.',
    },
    label: () => 'Palindrome',
    help: () => ['palindrome', ', last of all'],
  },
  minimum: { kind: 'minimum', minimum: MINIMUM, label: () => 'Minimum', help: () => ['minimum', ''] },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** The rules of each ruleset in the order in which they apply. `service` and `tokens` reproduce bills of the past. */
export const RULES_OF = {
  published: [
    'base',
    'characters',
    'short-words',
    'medium-words',
    'long-words',
    'third-vowels',
    'length',
    'unique-words',
    'palindrome',
  ],
  service: [
    'base',
    'characters',
    'short-words',
    'medium-words',
    'long-words',
    'third-vowels',
    'length',
    'palindrome',
    'unique-words',
  ],
  tokens: ['characters', 'minimum'],
} as const satisfies Readonly<Record<Ruleset, readonly RuleName[]>>;

export const RULESETS = ['published', 'service', 'tokens'] as const;

/** A set of rules by which texts become credits; `published` is in force. */
export type Ruleset = (typeof RULESETS)[number];

/** Raised whenever a rule changes; `UNICODE_VERSION` says by which letters and numbers a text was priced. */
export const RULESET_VERSIONS = { published: 1, service: 1, tokens: 1 } as const satisfies Record<
  Ruleset,
  number
>;

type Declared = (typeof RULES)[RuleName];
type AmountRate = Extract<Declared, UnitRule>['rate'] | typeof MINIMUM;
type FactorRate = Extract<Declared, FactorRule>['factor'];

export type AmountName = AmountRate['name'];
export type FactorName = FactorRate['name'];

const publishedRules: readonly Declared[] = RULES_OF.published.map((name) => RULES[name]);

/** The amounts that a rate card sets, in the order in which they apply. */
export const AMOUNT_RATES: readonly AmountRate[] = publishedRules.flatMap<AmountRate>((rule) => {
  if (rule.kind !== 'unit') return [];
  return 'takenOff' in rule ? [rule.rate, rule.takenOff.floor] : [rule.rate];
});

/** The factors that it sets: whole numbers from 1, or Decimals for anything finer. */
export const FACTOR_RATES: readonly FactorRate[] = publishedRules.flatMap((rule) =>
  rule.kind === 'factor' ? [rule.factor] : [],
);

/** The lengths at which rules begin to apply, as a rate card sets them: whole numbers of code points. */
export const THRESHOLDS = [
  { name: 'mediumFrom', least: 1 },
  { name: 'longFrom', least: 1, notBelow: 'mediumFrom', description: 'Not less than medium_from.' },
  { name: 'lengthLimit', least: 0, description: 'The longest text without over_length.' },
] as const satisfies readonly ThresholdDeclaration[];

interface ThresholdDeclaration {
  readonly name: keyof Thresholds;
  readonly least: number;
  /** Another threshold, which this one is never below. */
  readonly notBelow?: keyof Thresholds;
  readonly description?: string;
}

/** A value for each declaration, by its name. */
export function recordOf<Each extends { readonly name: string }, Value>(
  declarations: readonly Each[],
  toValue: (declared: Each) => Value,
): Record<Each['name'], Value> {
  const record: Partial<Record<Each['name'], Value>> = {};
  for (const declared of declarations) {
    const name: Each['name'] = declared.name;
    record[name] = toValue(declared);
  }
  if (!hasEach(record, declarations)) throw new Error('a name without a value');
  return record;
}

function hasEach<Name extends string, Value>(
  record: Partial<Record<Name, Value>>,
  declarations: readonly { readonly name: Name }[],
): record is Record<Name, Value> {
  return declarations.every(({ name }) => record[name] !== undefined);
}

function lengths(first: number, last: number): string {
  if (last < first) return 'no';
  return first === last ? `${first}` : `${first} to ${last}`;
}
