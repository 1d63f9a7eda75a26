import { formatAmount, PUBLISHED_RATES } from '../../engine/index.js';
import { RULES, RULES_OF } from '../../engine/rules.js';
import type { TopicSection } from './layout.js';

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
  return {
    title: 'By text: the rules published',
    entries: RULES_OF.published.map(ruleEntry),
    notes: [
      'A character is a Unicode code point. A word is a run of letters, combining marks, apostrophes and hyphens; upper and lower case differ. A palindrome reads the same backwards by its letters and numbers alone, whatever their case.',
      'o-copilot explain shows every step of one price.',
    ],
  };
}

function ruleEntry(name: (typeof RULES_OF.published)[number]): [name: string, text: string] {
  const rates = PUBLISHED_RATES;
  const rule = RULES[name];
  const [title, text] = rule.help(rates.thresholds);
  if (rule.kind === 'factor') return [title, `the total times ${rates[rule.factor.name]}${text}`];
  const amount = formatAmount(rates[rule.rate.name]);
  if (!('takenOff' in rule)) return [title, `${amount}${text}`];
  const floor = formatAmount(rates[rule.takenOff.floor.name]);
  return [title, `-${amount}${text}, but never below ${floor}`];
}

function otherRules(): TopicSection {
  return {
    title: 'Other rules (--rules)',
    entries: [
      [
        'service',
        'those of the earlier HTTP service, to check its bills: words are the text between single spaces, and the palindrome doubles before the unique words are counted',
      ],
      ['tokens', '0.1 for each character (4 are a token, 100 tokens are 40 credits), never below 1'],
    ],
    notes: ['--rates FILE puts other figures in place of the published ones; o-copilot rates shows them.'],
  };
}
