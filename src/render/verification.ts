import type { Difference } from '../receipt/compare-receipts.js';
import type { Receipt } from '../receipt/receipt.js';
import { jsonString } from './json-string.js';
import { visible } from './visible.js';

/** What `verify` found. */
export interface Verification {
  /** The export. */
  readonly path: string;
  readonly receipt: Receipt;
  readonly differences: readonly Difference[];
  /** Whether the bill was computed again. */
  readonly again: boolean;
  /** The program that verified. */
  readonly program: string;
}

/** For people: one line where all is well, else one for each difference. */
export function verificationText({ path, receipt, differences, again, program }: Verification): string {
  const how = again ? ' and was computed again to the same bytes' : '';
  if (differences.length === 0) {
    const { count, credits } = receipt.rows;
    return `${visible(path)} is what its receipt says${how}: ${count} messages, ${credits} credits, ${receipt.state}\n`;
  }
  const lines = differences.map(
    ({ what, receipt: said, found }) =>
      `${visible(what)}: the receipt says ${visible(said)}, found ${visible(found)}\n`,
  );
  const other =
    program === receipt.program ? '' : ` (made by ${visible(receipt.program)}, verified by ${program})`;
  return `${visible(path)} is not what its receipt says${other}\n${lines.join('')}`;
}

/** For scripts. */
export function verificationJson({ path, receipt, differences, again, program }: Verification): string {
  const { count, credits } = receipt.rows;
  const verify = {
    same: differences.length === 0,
    export: path,
    computed_again: again,
    messages: count,
    credits,
    state: receipt.state,
    made_by: receipt.program,
    verified_by: program,
    differences,
  };
  return `${jsonString({ verify })}\n`;
}
