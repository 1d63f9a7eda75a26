import { PUBLISHED_RATES } from '../engine/index.js';
import type { DatedRates } from './rate-card.js';

/** The rates that hold where no file says otherwise: those the billing team publishes, for all time. */
export const PUBLISHED_CARD: readonly DatedRates[] = [
  { validFrom: Number.NEGATIVE_INFINITY, written: '0000-01-01', rates: PUBLISHED_RATES },
];
