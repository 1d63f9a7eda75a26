import type { DataTables } from '../../receipt/flags.js';
import { type Difference, leavesOf, type Receipt } from '../../receipt/receipt.js';
import { jsonString, visible } from '../text.js';

/** What `verify` found. */
export interface Verification {
  /** The export. */
  readonly path: string;
  readonly receipt: Receipt;
  readonly differences: readonly Difference[];
  /** Whether the bill was computed again. */
  readonly again: boolean;
  /** Members of the receipt that nothing confirmed. */
  readonly unchecked: readonly string[];
  /** Why the rows of the export were not read; undefined where they were, or were computed again. */
  readonly unread: string | undefined;
  /** The program that verified. */
  readonly program: string;
  /** Its data. */
  readonly tables: DataTables;
}

/** For people: one line where all is well, else one for each difference; then what was not checked. */
export function verificationText(verification: Verification): string {
  const { path, receipt, differences, again, program, unread } = verification;
  const notes = notesOf(verification)
    .map((note) => `${note}\n`)
    .join('');
  if (differences.length === 0) {
    const sums = unread === undefined ? sumsOf(verification) : `the bytes are the same; ${unread}`;
    const how = again ? ' and was computed again to the same bytes' : '';
    return `${visible(path)} is what its receipt says${how}: ${visible(sums)}\n${notes}`;
  }
  const lines = differences.map(
    ({ what, receipt: expected, found }) =>
      `${visible(what)}: the receipt says ${visible(expected)}, found ${visible(found)}\n`,
  );
  const other =
    program === receipt.program ? '' : ` (made by ${visible(receipt.program)}, verified by ${program})`;
  return `${visible(path)} is not what its receipt says${other}\n${lines.join('')}${notes}`;
}

function sumsOf({ receipt, again, unchecked }: Verification): string {
  const { count, credits, cost, currency } = receipt.rows;
  const money = cost === undefined ? '' : `, ${cost} ${currency}`;
  const state = again || !unchecked.includes('state') ? `, ${receipt.state}` : '';
  return `${count} messages, ${credits} credits${money}${state}`;
}

function notesOf({ receipt, again, unchecked, tables }: Verification): string[] {
  const notes: string[] = [];
  const made = receipt.tables;
  if (made !== undefined && made.unicode !== tables.unicode) {
    notes.push(
      `made with Unicode ${visible(made.unicode)}, this program has ${tables.unicode}: the price of a text may differ`,
    );
  }
  if (made !== undefined && made.tz !== tables.tz) {
    notes.push(`made with time zones ${visible(made.tz)}, here are ${tables.tz}: days and months may differ`);
  }
  if (unchecked.length > 0) {
    notes.push(`not checked${again ? '' : ' without --source'}: ${groupsOf(receipt, unchecked).join(', ')}`);
  }
  return notes;
}

/** `inputs` where none of its members was checked, else `flags (color, timezone)`. */
function groupsOf(receipt: Receipt, unchecked: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const path of unchecked) {
    const [group = '', ...rest] = path.split('.');
    groups.set(group, [...(groups.get(group) ?? []), rest.join('.')]);
  }
  const all = [...leavesOf(receipt).keys()];
  return Array.from(groups, ([group, members]) => {
    const isWhole = all.filter((path) => path.split('.', 1)[0] === group).length === members.length;
    return visible(isWhole ? group : `${group} (${members.join(', ')})`);
  });
}

/** For scripts. */
export function verificationJson(verification: Verification): string {
  const { path, receipt, differences, again, program, unchecked, unread, tables } = verification;
  const { count, credits, cost, currency } = receipt.rows;
  const verify = {
    same: differences.length === 0,
    export: path,
    computed_again: again,
    rows_read: unread === undefined,
    messages: count,
    credits,
    cost,
    currency,
    state: receipt.state,
    made_by: receipt.program,
    made_with: receipt.tables ?? null,
    verified_by: program,
    verified_with: tables,
    differences,
    unchecked,
  };
  return `${jsonString({ verify })}\n`;
}
