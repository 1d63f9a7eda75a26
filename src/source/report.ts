import type { Amount } from '../engine/index.js';

/** A report's name and fixed cost, checked. */
export interface Report {
  readonly name: string;
  /** Credits. */
  readonly cost: Amount;
}
