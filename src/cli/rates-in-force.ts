import { type Instant, secondText } from '../calendar/instant.js';
import { DataError } from '../errors.js';
import { type DatedRates, type RateCard, ratesAt } from '../rates/rate-card.js';

/** @throws DataError before the card begins */
export function ratesInForce(card: Pick<RateCard, 'name' | 'dated'>, at: Instant): DatedRates {
  const found = ratesAt(card, at);
  if (found !== undefined) return found;
  const shown = secondText(at);
  throw new DataError(
    card.name,
    `no rates are in force at ${shown}: the first begin ${card.dated[0]?.written}`,
  );
}
