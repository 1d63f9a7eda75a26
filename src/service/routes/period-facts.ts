import { periodState } from '../../usage/period-state.js';
import type { TimeZone } from '../../usage/time-zone.js';
import type { RouteParts } from './route-parts.js';

/**
 * What a summary and the page say of the period.
 * @param last the instant of the last message, in milliseconds since 1970 UTC
 */
export function periodFacts(
  last: number | undefined,
  zone: TimeZone,
  { sourceName, periodName, rules }: Pick<RouteParts, 'sourceName' | 'periodName' | 'rules'>,
) {
  const now = Date.now();
  const state = periodState(last, zone, now);
  return {
    source: sourceName,
    period: periodName,
    timezone: zone.name,
    rules,
    state,
    // A closed bill is the same whenever it is asked for, so the clock is not in it.
    asOf: state === 'open' ? `${new Date(now).toISOString().slice(0, 19)}Z` : undefined,
  };
}
