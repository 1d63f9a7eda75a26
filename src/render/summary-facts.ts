import { type Instant, secondText } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import { periodState } from '../calendar/time-zone.js';
import type { Summary } from '../usage/summary/summary.js';

/** What a summary says of itself. */
export interface SummaryFacts {
  /** Without credentials. */
  readonly source: string;
  readonly period: string;
  readonly timezone: string;
  readonly rules: string;
  readonly state: 'open' | 'closed';
  /** RFC 3339; undefined where the state does not depend on when it was asked. */
  readonly asOf: string | undefined;
  /** Messages of the whole period, where the rows summed may be fewer. */
  readonly outOf: number | undefined;
}

/** What a summary says of itself. @param asOf what was asked for @param now milliseconds since 1970 UTC */
export function summaryFacts(
  summary: Summary,
  about: Pick<SummaryFacts, 'source' | 'period' | 'rules' | 'outOf'> & { readonly zone: TimeZone },
  asOf: Instant | undefined,
  now: number,
): SummaryFacts {
  const { zone, source, period, rules, outOf } = about;
  const state = periodState(summary.last?.instant, zone, asOf ?? now);
  // A closed bill is the same whenever it is asked for, so the clock is not in it.
  const shown = asOf ?? (state === 'open' ? now : undefined);
  return {
    source,
    period,
    timezone: zone.name,
    rules,
    state,
    asOf: shown === undefined ? undefined : secondText(shown),
    outOf,
  };
}
