export {
  type Amount,
  addAmounts,
  compareAmounts,
  multiplyAmount,
  subtractAmounts,
  toAmount,
  toDecimal,
} from './amount.js';
export type { AsciiBytes } from './code-units.js';
export { explainText } from './explain.js';
export type { ExplainedVowel, ExplainedWord, Explanation } from './explanation.js';
export { formatAmount } from './format-amount.js';
export { type Measure, measure } from './measure.js';
export { parseAmount } from './parse-amount.js';
export { checkRates, PUBLISHED_RATES, type Rates } from './rates.js';
export {
  type AsciiPricer,
  RULESET_VERSIONS,
  RULESETS,
  type Ruleset,
  type TextPricer,
} from './ruleset.js';
export type { Step, StepName } from './step.js';
export { asciiPricer, textPricer } from './text-pricer.js';
export type { Thresholds } from './thresholds.js';
export { createTotal, type Total } from './total.js';
export { UNICODE_VERSION } from './unicode-data.js';
export type { WordClass } from './word-class.js';
