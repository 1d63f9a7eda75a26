import { parseInstant } from '../calendar/instant.js';
import { isTimeZone, openTimeZone, periodState } from '../calendar/time-zone.js';
import { READABLE_FORMATS } from '../document/export-format.js';
import {
  type Amount,
  addAmounts,
  formatAmount,
  parseAmount,
  RULESET_VERSIONS,
  subtractAmounts,
  ZERO,
} from '../engine/index.js';
import { DataError } from '../errors.js';
import { costOf, formatCost, parseCreditPrice } from '../rates/money.js';
import { KINDS, type Kind } from '../usage/pricing/priced-row.js';
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

/** Where a receipt contradicts itself, whatever its export holds. */
function contradictions({ rows, rules, inputs, flags, period, messages }: Receipt): Difference[] {
  const kinds = Object.values(rows.by_kind);
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const credits = addUp(kinds.map((kind) => kind.credits));
  const { report, 'missing-report': missing } = rows.by_kind;
  const selected = ['since', 'until', 'report', 'kind', 'limit', 'offset'].some((name) => name in flags);
  const differences = [
    { what: 'rows.count', receipt: `${rows.count}`, found: `${count} by kind` },
    { what: 'rows.credits', receipt: rows.credits, found: `${formatAmount(credits)} by kind` },
  ].filter(({ receipt, found }) => `${receipt} by kind` !== found);
  const differ = (what: string, receipt: unknown, found: unknown) =>
    differences.push({ what, receipt: String(receipt), found: String(found) });

  if (flags.period !== period) differ('flags.period', flags.period, period);
  if (flags.rules !== rules.ruleset) differ('flags.rules', flags.rules, rules.ruleset);
  const price = parseCreditPrice(String(flags['credit-price']));
  const total = parseAmount(rows.credits);
  if (price !== undefined && total !== undefined) {
    const cost = formatCost(costOf(total, price));
    if (rows.cost !== cost)
      differ('rows.cost', rows.cost ?? 'nothing', `${cost}: credits at ${flags['credit-price']}`);
    if (rows.currency !== flags.currency) differ('rows.currency', rows.currency ?? 'nothing', flags.currency);
  }
  if (rules.rates_sha256 !== null && rules.ruleset !== 'published') {
    differ('rules.rates_sha256', rules.rates_sha256, `nothing: the ruleset ${rules.ruleset} takes no rates`);
  }
  if (rules.version > RULESET_VERSIONS[rules.ruleset]) {
    differ('rules.version', rules.version, `${RULESET_VERSIONS[rules.ruleset]}, the latest of this program`);
  }
  const all = !selected && flags.duplicates !== 'once';
  if (all ? rows.count !== messages : rows.count > messages) {
    differ('messages', messages, `${rows.count} rows`);
  }
  if (typeof flags.limit === 'string' && rows.count > Number(flags.limit)) {
    differ('flags.limit', flags.limit, `${rows.count} rows`);
  }
  for (const kind of KINDS) {
    if (typeof flags.kind === 'string' && flags.kind !== kind && rows.by_kind[kind].count > 0) {
      differ('flags.kind', flags.kind, `${rows.by_kind[kind].count} rows of kind ${kind}`);
    }
    if (rows.by_kind[kind].count === 0 && rows.by_kind[kind].credits !== '0') {
      differ(`rows.by_kind.${kind}.credits`, rows.by_kind[kind].credits, '0 rows');
    }
  }
  const { reports, missing_reports: gone } = inputs;
  if (report.count > 0 && reports.count === 0) differ('inputs.reports.count', 0, `${report.count} rows`);
  if (missing.count > 0 && gone.length === 0)
    differ('inputs.missing_reports', 'none', `${missing.count} rows`);
  if (reports.count + gone.length > messages) {
    differ('inputs.reports.count', reports.count, `${messages} messages, ${gone.length} missing reports`);
  }
  return differences;
}

function addUp(credits: readonly string[]): Amount {
  return credits.reduce<Amount>((sum, text) => addAmounts(sum, parseAmount(text) ?? ZERO), ZERO);
}
