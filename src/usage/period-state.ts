import { periodOf } from './calendar.js';
import type { TimeZone } from './time-zone.js';

/**
 * Whether a bill can still grow. Upstream does not say, so the calendar does: `closed` once the local month of
 * the last message is over, `open` until then and where there is no message.
 *
 * @param last the instant of the last message, in milliseconds since 1970 UTC
 * @param asOf the instant that is asked about, in milliseconds since 1970 UTC
 */
export function periodState(last: number | undefined, zone: TimeZone, asOf: number): 'open' | 'closed' {
  if (last === undefined) return 'open';
  const monthOf = (instant: number) => periodOf('month', zone.dayOf(instant));
  return monthOf(last) < monthOf(asOf) ? 'closed' : 'open';
}
