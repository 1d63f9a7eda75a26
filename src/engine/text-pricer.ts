import { createPublishedPricer } from './published.js';
import { type Rates, ratesFor } from './rates.js';
import type { Ruleset, TextPricer } from './ruleset.js';
import { priceAsService } from './service.js';
import { priceAsTokens } from './tokens.js';

/**
 * The function that prices texts by a ruleset. Make it once and price many texts: it reads a window of a
 * larger string without copying it, and `published` with rates of whole hundredths makes one small object.
 * @throws {RangeError} when a rate is wrong, or rates are given to a ruleset that has its own
 */
export function textPricer(ruleset: Ruleset, rates?: Rates): TextPricer {
  const card = ratesFor(ruleset, rates);
  switch (ruleset) {
    case 'published':
      return createPublishedPricer(card);
    case 'service':
      return priceAsService;
    case 'tokens':
      return priceAsTokens;
  }
}
