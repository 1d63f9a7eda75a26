import { textPricer } from '../../src/engine/index.js';
import { englishTexts } from './corpus.js';
import { measureSideBySide } from './spread.js';

/** One text of a million code units. Times are milliseconds. */
export interface LongTextRow {
  readonly text: string;
  readonly min: number;
  readonly median: number;
}

const MILLION = 1_000_000;

/** Texts chosen to be slow where time could grow with the square of their length. */
export function measureLongTexts(rounds = 15): LongTextRow[] {
  const price = textPricer('published');
  const texts = Object.entries({
    English: englishTexts(1, MILLION).join(''),
    'different words': Array.from({ length: 200_000 }, (_, index) => distinctWord(index)).join(' '),
    'one word': 'a'.repeat(MILLION - 1).concat('b'),
    'a palindrome': 'éÉ'.repeat(MILLION / 2),
    emoji: '👍'.repeat(MILLION / 2),
    'halves of pairs': '\udc4d'.repeat(MILLION),
  });
  const spreads = measureSideBySide(
    texts.map(([, text]) => ({ units: 1000, run: () => price(text) })),
    rounds,
    2,
  );
  return spreads.map(({ min, median }, index) => ({ text: texts[index]?.[0] ?? '', min, median }));
}

function distinctWord(index: number): string {
  return index.toString(26).replace(/\d/g, (digit) => String.fromCharCode(65 + Number(digit)));
}
