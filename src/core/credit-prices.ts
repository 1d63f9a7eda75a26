import type { Settings } from '../config/settings.js';
import { type CreditPrices, fixedPrice } from '../rates/money.js';
import { pricesOfCard, type RateCard } from '../rates/rate-card.js';

/**
 * What a credit costs by the settings or by the rate card; undefined where neither has a price.
 *
 * @throws CommandLineError, SettingError where both have one: neither is more right than the other, and to choose
 *   silently would be a wrong invoice
 */
export function creditPricesOf(
  { creditPrice, currency, refuse }: Pick<Settings, 'creditPrice' | 'currency' | 'refuse'>,
  card: RateCard | undefined,
): CreditPrices | undefined {
  const dated = pricesOfCard(card);
  if (creditPrice === undefined || currency === undefined) return dated;
  if (dated === undefined) return fixedPrice(creditPrice, currency);
  throw refuse(
    'creditPrice',
    `${card?.name} has prices of its own (credit_price): use either this setting, or the prices of the file`,
  );
}
