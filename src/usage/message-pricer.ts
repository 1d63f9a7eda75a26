import { instantOf } from '../calendar/instant.js';
import { type Amount, asciiPricer, type Rates, type Ruleset, textPricer } from '../engine/index.js';
import { DataError } from '../errors.js';
import { type RateCard, ratesAt } from '../rates/rate-card.js';
import type { Message } from '../source/message.js';

/** The credits of a message that its text prices. */
export type MessagePricer = (message: Message) => Amount;

/**
 * Made once a run: without a card there is no date to look at. A message's own timestamp chooses its rates.
 *
 * @throws RangeError when a card is given to a ruleset that has rates of its own; from the pricer, DataError for a
 *   message before the card begins
 */
export function messagePricer(rules: Ruleset, card: RateCard | undefined): MessagePricer {
  if (card === undefined) return pricerBy(rules, undefined);
  const pricers = new Map(card.dated.map((dated) => [dated, pricerBy(rules, dated.rates)]));
  return (message) => {
    const price = pricers.get(datedRatesOf(message, card));
    if (price === undefined) throw new Error('a card without the rates that it gave');
    return price(message);
  };
}

function pricerBy(rules: Ruleset, rates: Rates | undefined): MessagePricer {
  const priceText = textPricer(rules, rates);
  const priceAscii = asciiPricer(rules, rates);
  return (message) => {
    const { place } = message;
    return place?.isPlainText
      ? priceAscii(place.chunk, place.textStart, place.textEnd)
      : priceText(message.text);
  };
}

/** The rates in force when the message was sent. @throws DataError when the card begins later */
export function datedRatesOf({ id, timestamp }: Message, card: RateCard) {
  const found = ratesAt(card, instantOf(timestamp));
  if (found !== undefined) return found;
  throw new DataError(
    `message ${id}`,
    `${timestamp} is before ${card.dated[0]?.written}, when the first rates of ${card.name} begin`,
    'timestamp',
  );
}
