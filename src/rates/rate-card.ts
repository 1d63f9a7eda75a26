import { compareInstants, type Instant } from '../calendar/instant.js';
import type { Rates } from '../engine/index.js';

/** The rates of the ruleset `published` from one instant until the next entry of the card. */
export interface DatedRates {
  /** The first instant they hold. */
  readonly validFrom: Instant;
  /** The same as the file wrote it: a date, which is midnight UTC, or an RFC 3339 instant. */
  readonly written: string;
  readonly rates: Rates;
}

/** A file of rates. */
export interface RateCard {
  /** The file, as the user named it. */
  readonly name: string;
  /** SHA-256 in hex of the file's bytes. */
  readonly sha256: string;
  /** The earliest first; at least one. */
  readonly dated: readonly DatedRates[];
}

/** The rates in force at an instant; undefined before the card begins. */
export function ratesAt({ dated }: Pick<RateCard, 'dated'>, instant: Instant): DatedRates | undefined {
  return dated.findLast(({ validFrom }) => compareInstants(validFrom, instant) <= 0);
}
