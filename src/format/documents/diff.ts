import type { ExportRow } from '../../document/records.js';
import { compareAmounts, subtractAmounts, ZERO } from '../../engine/index.js';
import { NO_COST, subtractCosts } from '../../rates/money.js';
import { type BillChange, type Comparison, differenceOf } from '../../usage/diff/compare-bills.js';
import type { Cause, Part, Reconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS } from '../../usage/forecast/limit.js';
import type { Renderer } from '../rows.js';
import { documentJson, exact, exactCost, jsonText, lines, type Members, sumMembers } from './json.js';

/** The two bills compared, as they are shown. */
export interface DiffNames {
  readonly old: string;
  readonly new: string;
}

export type DiffRenderer = Renderer<BillChange, Comparison>;

export function isEqual({ added, removed, changed }: Comparison): boolean {
  return added + removed + changed === 0;
}

/** `{"diff":{…,"changes":[…],…}}`, one change a line. Numbers in full. */
export function diffJson(names: DiffNames): DiffRenderer {
  let separator = '\n';
  return {
    head: () => `{"diff":${jsonText({ old: names.old, new: names.new }).slice(0, -1)},"changes":[`,
    rows(changes) {
      let text = '';
      for (const change of changes) {
        text += separator + jsonText(changeMembers(change));
        separator = ',\n';
      }
      return text;
    },
    tail: (comparison) => [
      `${separator === '\n' ? '' : '\n'}],${jsonText(comparisonMembers(comparison)).slice(1)}}\n`,
    ],
  };
}

function changeMembers(change: BillChange): Members {
  const { old, new: fresh } = change;
  return {
    change: change.change,
    message_id: (fresh ?? old).id,
    fields: change.change === 'changed' ? change.fields : undefined,
    old: old && rowMembers(old),
    new: fresh && rowMembers(fresh),
    difference: exact(differenceOf(change)),
  };
}

function rowMembers({ timestamp, reportName, credits, cost, currency }: ExportRow): Members {
  return {
    timestamp,
    report_name: reportName,
    credits_used: exact(credits),
    cost: exactCost(cost),
    currency: cost && currency,
  };
}

function comparisonMembers(comparison: Comparison): Members {
  const { added, removed, changed, unchanged, currency, old, new: fresh } = comparison;
  return {
    added,
    removed,
    changed,
    unchanged,
    equal: isEqual(comparison),
    old_total: sumMembers(old),
    new_total: sumMembers(fresh),
    difference: exact(subtractAmounts(fresh.credits, old.credits)),
    cost_difference: currency && exactCost(subtractCosts(fresh.cost ?? NO_COST, old.cost ?? NO_COST)),
    currency,
  };
}

/** `{"reconciliation":{…,"causes":[…],…}}`, one cause a line. Numbers in full. */
export function reconciliationJson(source: string, value: Reconciliation): string {
  const { unit, invoice, messages, total, rounded, difference, causes, explanations } = value;
  const isMoney = unit !== CREDITS;
  return documentJson({
    reconciliation: {
      source,
      currency: isMoney ? unit : undefined,
      invoice: exact(invoice),
      total: exact(total),
      rounded: isMoney ? exact(rounded) : undefined,
      messages,
      difference: exact(difference),
      equal: compareAmounts(difference, ZERO) === 0,
      causes: lines(causes.map((cause) => causeMembers(cause, isMoney ? 'cost' : 'credits'))),
      // The first of them, for scripts that want one.
      closed_by: explanations[0]?.causes ?? null,
      explanations: explanations.map((each) => ({ causes: each.causes, total: exact(each.total) })),
    },
  });
}

function causeMembers(cause: Cause, amount: string): Members {
  const { messages, credits, effect } = cause;
  const sums = { cause: cause.cause, messages, [amount]: exact(credits), effect: exact(effect) };
  const parts = (key: string, all: readonly Part[]) =>
    all.map((part) => ({ [key]: part.name, messages: part.messages, [amount]: exact(part.credits) }));
  switch (cause.cause) {
    case 'rounding':
      return { ...sums, decimals: cause.decimals };
    case 'copies':
      return { ...sums, counted: cause.counted, message_ids: cause.ids };
    case 'missing-reports':
      return { ...sums, reports: parts('report_id', cause.reports) };
    case 'other-months':
      return { ...sums, month: cause.month, months: parts('month', cause.months) };
  }
}
