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
