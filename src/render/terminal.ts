import type { ChalkInstance } from 'chalk';

/** What text for people may use where it goes. */
export interface Terminal {
  readonly chalk: ChalkInstance;
  /** Columns; undefined off a terminal, where nothing is shortened. */
  readonly width: number | undefined;
}
