import { type Amount, formatAmount, PUBLISHED_RATES } from '../../engine/index.js';
import type { TopicSection } from './topics.js';

/** The rules in short; the figures are those of the engine. */
export function pricing(): TopicSection[] {
  return [whichPrice(), published(), otherRules()];
}

function whichPrice(): TopicSection {
  return {
    title: 'Which price applies',
    entries: [
      [
        'its report',
        'where the message names a report that exists: the cost of the report, whatever the text',
      ],
      ['its text', 'where it names none, or one that does not exist (HTTP 404, and only 404)'],
    ],
    notes: [
      'A report that cannot be read for any other reason ends the run: a guess would be a wrong bill. Amounts are exact decimals; nothing is rounded.',
    ],
  };
}

function published(): TopicSection {
  const { thresholds, palindromeFactor, ...rates } = PUBLISHED_RATES;
  const { mediumFrom, longFrom, lengthLimit } = thresholds;
  const each = (amount: Amount) => `${formatAmount(amount)} each`;
  return {
    title: 'By text: the rules published',
    entries: [
      ['base', formatAmount(rates.base)],
      ['characters', each(rates.character)],
      [`words of 1 to ${mediumFrom - 1}`, each(rates.shortWord)],
      [`words of ${mediumFrom} to ${longFrom - 1}`, each(rates.mediumWord)],
      [`words of ${longFrom} or more`, each(rates.longWord)],
      ['third vowels', `${each(rates.thirdVowel)}: a, e, i, o, u at the characters 3, 6, 9 …`],
      ['length', `${formatAmount(rates.overLength)} where there are more than ${lengthLimit} characters`],
      [
        'unique words',
        `-${formatAmount(rates.uniqueWordsBonus)} where no word comes twice, but never below ${formatAmount(rates.minimum)}`,
      ],
      ['palindrome', `the total times ${palindromeFactor}, last of all`],
    ],
    notes: [
      'A character is a Unicode code point. A word is a run of letters, combining marks, apostrophes and hyphens; upper and lower case differ. A palindrome reads the same backwards by its letters and numbers alone, whatever their case.',
      'o-copilot explain shows every step of one price.',
    ],
  };
}

function otherRules(): TopicSection {
  return {
    title: 'Other rules (--rules)',
    entries: [
      [
        'service',
        'those of the earlier HTTP service, to check its bills: words are what stands between single spaces, and the palindrome doubles before the unique words are counted',
      ],
      ['tokens', '0.1 for each character (4 are a token, 100 tokens are 40 credits), never below 1'],
    ],
    notes: ['--rates FILE puts other figures in place of the published ones; o-copilot rates shows them.'],
  };
}
