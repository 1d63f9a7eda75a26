import {
  type Amount,
  addAmounts,
  formatAmount,
  parseAmount,
  RULESET_VERSIONS,
  ZERO,
} from '../engine/index.js';
import { costOf, formatCost, parseCreditPrice } from '../rates/money.js';
import { KINDS } from '../usage/pricing/priced-row.js';
import type { Difference, Receipt } from './receipt.js';

/** Where a receipt contradicts itself, whatever its export holds. */
export function contradictions({ rows, rules, inputs, flags, period, messages }: Receipt): Difference[] {
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
