import type { Explanation } from './explanation.js';
import { explainWords, listThirdVowels, listWords } from './list-words.js';
import { measure } from './measure.js';
import { publishedSteps } from './published.js';
import { type Rates, ratesFor } from './rates.js';
import type { Ruleset } from './ruleset.js';
import { serviceSteps } from './service.js';
import { measureForService, serviceWords } from './service-measure.js';
import { sumSteps } from './step.js';
import { tokenSteps } from './tokens.js';

/**
 * Explains the price that `textPricer` gives the text, from the same counts.
 * @throws {RangeError} as `textPricer` does
 */
export function explainText(text: string, ruleset: Ruleset, rates?: Rates): Explanation {
  const card = ratesFor(ruleset, rates);
  switch (ruleset) {
    case 'published':
      return explainPublished(text, card);
    case 'service':
      return explainService(text, card);
    case 'tokens':
      return explainTokens(text);
  }
}

function explainPublished(text: string, rates: Rates): Explanation {
  const counts = measure(text, 0, text.length, rates.thresholds);
  const steps = publishedSteps(counts, rates);
  const words = explainWords(listWords(text), rates.thresholds);
  return { steps, total: sumSteps(steps), words, thirdVowels: listThirdVowels(text), measure: counts };
}

function explainService(text: string, { thresholds }: Rates): Explanation {
  const counts = measureForService(text);
  const steps = serviceSteps(counts);
  const words = explainWords(serviceWords(text), thresholds);
  return { steps, total: sumSteps(steps), words, thirdVowels: listThirdVowels(text), measure: counts };
}

function explainTokens(text: string): Explanation {
  const counts = measure(text);
  const steps = tokenSteps(counts);
  return { steps, total: sumSteps(steps), words: [], thirdVowels: [], measure: counts };
}
