import { parseInstant } from '../calendar/instant.js';
import { isTimeZone, openTimeZone, periodState } from '../calendar/time-zone.js';
import { READABLE_FORMATS } from '../document/export-format.js';
import { formatAmount, subtractAmounts } from '../engine/index.js';
import { DataError } from '../errors.js';
import { formatCost } from '../rates/money.js';
import { KINDS, type Kind } from '../usage/pricing/priced-row.js';
import { contradictions } from './contradictions.js';
import { type CheckedExport, type Contents, fieldsOf, readContents } from './export-contents.js';
import { type Difference, leavesOf, type Receipt, type RowSums } from './receipt.js';

/** What the export and the receipt show by themselves. */
export interface OfflineCheck {
  readonly differences: readonly Difference[];
  /** Members of the receipt that nothing confirmed. */
  readonly unchecked: readonly string[];
  /** Why the rows were not read; undefined where they were. */
  readonly unread: string | undefined;
}

const READABLE: readonly unknown[] = READABLE_FORMATS;

/**
 * Checks a receipt against the bytes and the rows of its export, and its members against each other.
 *
 * @param usualFields the fields of a row where the receipt names none
 */
export async function checkExport(
  receipt: Receipt,
  file: CheckedExport,
  usualFields: readonly string[],
): Promise<OfflineCheck> {
  const differences: Difference[] = [];
  const confirmed = new Set<string>(['format']);
  const compare = (what: string, expected: string, found: string, confirms = true) => {
    if (expected !== found) differences.push({ what, receipt: expected, found });
    else if (confirms) confirmed.add(what);
  };

  compare('output.sha256', receipt.output.sha256, file.sha256);
  differences.push(...contradictions(receipt));
  const unread = unreadable(receipt, usualFields);
  if (unread === undefined) {
    const found = await readContents(receipt, file, usualFields).catch((error: unknown) => {
      if (!(error instanceof DataError)) throw error;
      differences.push({
        what: 'rows',
        receipt: `${receipt.rows.count} that can be read`,
        found: error.message,
      });
      return undefined;
    });
    if (found !== undefined) compareFound(receipt, found, compare);
  }
  const unchecked = [...leavesOf(receipt, '').keys()].filter((path) => !confirmed.has(path));
  return { differences, unchecked, unread };
}

function compareFound(
  receipt: Receipt,
  found: Contents,
  compare: (what: string, expected: string, found: string) => void,
): void {
  const { rows } = receipt;
  const { count, credits, cost, currency, last, dated, members } = found;
  compare('rows.count', `${rows.count}`, `${count}`);
  compare('rows.credits', rows.credits, formatAmount(credits));
  if (cost !== undefined) compare('rows.cost', rows.cost ?? 'nothing', formatCost(cost));
  if (currency !== undefined) compare('rows.currency', rows.currency ?? 'nothing', currency);
  const byKind = found.byKind ?? kindsByName(receipt, found);
  for (const kind of KINDS) {
    const sums = byKind[kind];
    if (sums === undefined) continue;
    compare(`rows.by_kind.${kind}.count`, `${rows.by_kind[kind].count}`, `${sums.count}`);
    compare(`rows.by_kind.${kind}.credits`, rows.by_kind[kind].credits, sums.credits);
  }
  const expected = leavesOf(receipt, '');
  for (const [path, value] of Object.entries(members)) compare(path, expected.get(path) ?? 'nothing', value);
  const { timezone } = receipt.flags;
  const asOf = parseInstant(receipt.as_of);
  if (dated && asOf !== undefined && typeof timezone === 'string' && isTimeZone(timezone)) {
    compare('state', receipt.state, periodState(last, openTimeZone(timezone), asOf));
  }
}

/** What the names of reports show: all kinds where no report was missing, and none where a report may have no name. */
function kindsByName(
  { rows, inputs }: Receipt,
  { count, credits, named }: Contents,
): Partial<Record<Kind, RowSums>> {
  if (named === undefined || named.count < rows.by_kind.report.count) return {};
  const report = { count: named.count, credits: formatAmount(named.credits) };
  if (inputs.missing_reports.length > 0) return { report };
  const text = { count: count - named.count, credits: formatAmount(subtractAmounts(credits, named.credits)) };
  return { report, text, 'missing-report': { count: 0, credits: '0' } };
}

/** Why the rows of the export cannot be read back; undefined where they can. */
function unreadable({ flags, command }: Receipt, usualFields: readonly string[]): string | undefined {
  const { format } = flags;
  if (command === 'summary') return format === 'json' ? undefined : `a summary as ${format} is not read back`;
  if (!READABLE.includes(format)) return `${format} is not read back`;
  const fields = fieldsOf(flags.fields, usualFields);
  const missing = ['message_id', 'credits_used'].find((field) => !fields.includes(field));
  return missing === undefined ? undefined : `the rows have no ${missing}`;
}
