import { DataError } from '../errors.js';
import { type DatedRates, type RateCard, ratesAt } from '../rates/rate-card.js';

/** @param at milliseconds since 1970 UTC @throws DataError before the card begins */
export function ratesInForce(card: Pick<RateCard, 'name' | 'dated'>, at: number): DatedRates {
  const found = ratesAt(card, at);
  if (found !== undefined) return found;
  const shown = `${new Date(at).toISOString().slice(0, 19)}Z`;
  throw new DataError(
    card.name,
    `no rates are in force at ${shown}: the first begin ${card.dated[0]?.written}`,
  );
}
