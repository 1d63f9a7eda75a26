import { parseInstant } from '../calendar/instant.js';
import { isTimeZone, openTimeZone, periodState } from '../calendar/time-zone.js';
import { READABLE_FORMATS } from '../document/export.js';
import {
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
import type { Sum } from '../usage/pricing/sums.js';
import { type CheckedExport, type Contents, fieldsOf, readContents } from './export-contents.js';
import { type Difference, leavesOf, type Receipt, type RowSums } from './receipt.js';

const READABLE: readonly unknown[] = READABLE_FORMATS;

/**
 * Checks a receipt against the bytes and the rows of its export, and its members against each other.
 *
 * @param usualFields the fields of a row where the receipt names none
 */
export async function checkExport(receipt: Receipt, file: CheckedExport, usualFields: readonly string[]) {
  const differences: Difference[] = [];
  const confirmed = new Set<string>(['format']);
  const differ = (what: string, expected: unknown, found: unknown) =>
    differences.push({ what, receipt: String(expected), found: String(found) });
  const compare = (what: string, expected: string, found: string) => {
    if (expected !== found) differ(what, expected, found);
    else confirmed.add(what);
  };

  compare('output.sha256', receipt.output.sha256, file.sha256);
  findContradictions(receipt, differ);
  const unread = unreadable(receipt, usualFields);
  if (unread === undefined) {
    const found = await readContents(receipt, file, usualFields).catch((error: unknown) => {
      if (!(error instanceof DataError)) throw error;
      differ('rows', `${receipt.rows.count} that can be read`, error.message);
      return undefined;
    });
    if (found !== undefined) compareFound(receipt, found, compare);
  }
  const unchecked = [...leavesOf(receipt).keys()].filter((path) => !confirmed.has(path));
  return {
    differences,
    /** Members of the receipt that nothing confirmed. */
    unchecked,
    /** Why the rows were not read; undefined where they were. */
    unread,
  };
}

function compareFound(
  receipt: Receipt,
  found: Contents,
  compare: (what: string, expected: string, found: string) => void,
): void {
  const { rows } = receipt;
  const { sum, currency, last, dated, members } = found;
  const compareSums = (what: string, expected: RowSums, { messages, credits }: Sum) => {
    compare(`${what}.count`, `${expected.count}`, `${messages}`);
    compare(`${what}.credits`, expected.credits, formatAmount(credits));
  };
  compareSums('rows', rows, sum);
  if (sum.cost !== undefined) compare('rows.cost', rows.cost ?? 'nothing', formatCost(sum.cost));
  if (currency !== undefined) compare('rows.currency', rows.currency ?? 'nothing', currency);
  const byKind = found.byKind ?? kindsByName(receipt, found);
  for (const kind of KINDS) {
    const sums = byKind[kind];
    if (sums !== undefined) compareSums(`rows.by_kind.${kind}`, rows.by_kind[kind], sums);
  }
  const expected = leavesOf(receipt);
  for (const [path, value] of Object.entries(members)) compare(path, expected.get(path) ?? 'nothing', value);
  const { timezone } = receipt.flags;
  const asOf = parseInstant(receipt.as_of);
  if (dated && asOf !== undefined && typeof timezone === 'string' && isTimeZone(timezone)) {
    compare('state', receipt.state, periodState(last, openTimeZone(timezone), asOf));
  }
}

/** What the names of reports show: all kinds where no report was missing, and none where a report may have no name. */
function kindsByName({ rows, inputs }: Receipt, { sum, named }: Contents): Partial<Record<Kind, Sum>> {
  if (named === undefined || named.messages < rows.by_kind.report.count) return {};
  if (inputs.missing_reports.length > 0) return { report: named };
  const text = {
    messages: sum.messages - named.messages,
    credits: subtractAmounts(sum.credits, named.credits),
  };
  return { report: named, text, 'missing-report': { messages: 0, credits: ZERO } };
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
function findContradictions(
  { rows, rules, inputs, flags, period, messages }: Receipt,
  differ: (what: string, receipt: unknown, found: unknown) => void,
): void {
  const kinds = Object.values(rows.by_kind);
  const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
  const credits = kinds.reduce((sum, kind) => addAmounts(sum, parseAmount(kind.credits) ?? ZERO), ZERO);
  const { report, 'missing-report': missing } = rows.by_kind;
  const selected = ['since', 'until', 'report', 'kind', 'limit', 'offset'].some((name) => name in flags);
  if (rows.count !== count) differ('rows.count', rows.count, `${count} by kind`);
  const byKind = formatAmount(credits);
  if (rows.credits !== byKind) differ('rows.credits', rows.credits, `${byKind} by kind`);
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
    const sums = rows.by_kind[kind];
    if (typeof flags.kind === 'string' && flags.kind !== kind && sums.count > 0) {
      differ('flags.kind', flags.kind, `${sums.count} rows of kind ${kind}`);
    }
    if (sums.count === 0 && sums.credits !== '0') {
      differ(`rows.by_kind.${kind}.credits`, sums.credits, '0 rows');
    }
  }
  const { reports, missing_reports: gone } = inputs;
  if (report.count > 0 && reports.count === 0) differ('inputs.reports.count', 0, `${report.count} rows`);
  if (missing.count > 0 && gone.length === 0)
    differ('inputs.missing_reports', 'none', `${missing.count} rows`);
  if (reports.count + gone.length > messages) {
    differ('inputs.reports.count', reports.count, `${messages} messages, ${gone.length} missing reports`);
  }
}
