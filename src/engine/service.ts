import type { Amount } from './amount.js';
import type { Measure } from './measure.js';
import { countingSteps, palindromeStep, uniqueWordsStep } from './rate-steps.js';
import { PUBLISHED_RATES } from './rates.js';
import { measureForService } from './service-measure.js';
import { type Step, sumSteps } from './step.js';

/** The earlier HTTP service's price of a text: other words than `published`, and the doubling first. */
export function priceAsService(characters: string, start = 0, end = characters.length): Amount {
  return sumSteps(serviceSteps(measureForService(characters.slice(start, end))));
}

/** The service rounded half-even to 2 decimals; its rates are whole hundredths, so nothing is left to round. */
export function serviceSteps(counts: Measure): Step[] {
  const steps = countingSteps(counts, PUBLISHED_RATES);
  steps.push(palindromeStep(counts, PUBLISHED_RATES, sumSteps(steps)));
  steps.push(uniqueWordsStep(counts, PUBLISHED_RATES, sumSteps(steps)));
  return steps;
}
