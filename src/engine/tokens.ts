import type { Amount } from './amount.js';
import type { Measure } from './measurer.js';
import { countedStep, type Step, sumSteps } from './step.js';

/** 4 characters are one token and 100 tokens are 40 credits, so a character is 0.1 credits. */
const CHARACTER = 10;
const MINIMUM = 100;

export function tokenPrice(counts: Measure): Amount {
  return sumSteps(tokenSteps(counts));
}

export function tokenSteps(counts: Measure): Step[] {
  const missing = Math.max(MINIMUM - counts.characters * CHARACTER, 0);
  return [
    countedStep('characters', counts.characters, CHARACTER),
    { step: 'minimum', count: missing > 0 ? 1 : 0, minimum: MINIMUM, amount: missing },
  ];
}
