export {
  type Amount,
  addAmounts,
  type Credits,
  compareAmounts,
  createTotal,
  formatAmount,
  type Hundredths,
  hundredths,
  multiplyAmount,
  parseAmount,
  subtractAmounts,
  type Total,
  toAmount,
  toDecimal,
  ZERO,
} from './amount.js';
export type { ExplainedVowel, ExplainedWord, Explanation } from './explain.js';
export { countText, explainText } from './explain.js';
export type { Step, StepName } from './price.js';
export { type AsciiPricer, asciiPricer, type TextPricer, textPricer } from './price.js';
export { checkRates, PUBLISHED_RATES, type Rates } from './rates.js';
export { RULESET_VERSIONS, RULESETS, type Ruleset } from './rules.js';
export type { AsciiBytes } from './text/code-units.js';
export { type Measure, measure } from './text/measure.js';
export { UNICODE_VERSION } from './text/unicode-data.js';
export type { Thresholds, WordClass } from './text/word-tally.js';
