import { createMeasurer, type Measure } from './measurer.js';
import { PUBLISHED_THRESHOLDS, type Thresholds } from './thresholds.js';

export type { Measure } from './measurer.js';

/** `measure` on the hot path: defaults in it would leave V8 unsure of its types, at twice the time. */
export const measurer = createMeasurer();

/**
 * Counts what the ruleset `published` prices, over the window `[start, end)` of `characters` (UTF-16 indexes)
 * and without a string of its own. Equals `measure(characters.slice(start, end))`.
 */
export function measure(
  characters: string,
  start = 0,
  end = characters.length,
  thresholds: Thresholds = PUBLISHED_THRESHOLDS,
): Measure {
  return measurer.text(characters, start, end, thresholds);
}
