import { periodOf } from '../calendar/days.js';
import type { Instant } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';

/**
 * Whether a bill can still grow. Upstream does not say, so the calendar does: `closed` once the local month of
 * the last message is over, `open` until then and where there is no message.
 *
 * @param last the instant of the last message
 * @param asOf the instant that is asked about
 */
export function periodState(last: Instant | undefined, zone: TimeZone, asOf: Instant): 'open' | 'closed' {
  if (last === undefined) return 'open';
  const monthOf = (instant: Instant) => periodOf('month', zone.dayOf(instant));
  return monthOf(last) < monthOf(asOf) ? 'closed' : 'open';
}
