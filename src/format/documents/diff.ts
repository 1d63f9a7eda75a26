import type { ExportRow } from '../../document/records.js';
import { compareAmounts, formatAmount, subtractAmounts, ZERO } from '../../engine/index.js';
import { type Cost, formatCost, NO_COST, subtractCosts } from '../../rates/money.js';
import { type BillChange, type Comparison, differenceOf } from '../../usage/diff/compare-bills.js';
import type { Cause, Explanation, Part, Reconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS } from '../../usage/forecast/limit.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { jsonString } from '../text.js';

/** The two bills compared, as they are shown. */
export interface DiffNames {
  readonly old: string;
  readonly new: string;
}

/** Turns a comparison into text: `head`, then `rows` for each batch, then `tail`. Serves one output. */
export interface DiffRenderer {
  head(): string;
  rows(changes: readonly BillChange[]): string;
  tail(comparison: Comparison): Iterable<string>;
}

export function isEqual({ added, removed, changed }: Comparison): boolean {
  return added + removed + changed === 0;
}

/** `{"diff":{…,"changes":[…],…}}`, one change a line. Numbers in full. */
export function diffJson(names: DiffNames): DiffRenderer {
  let separator = '\n';
  return {
    head: () => `{"diff":{"old":${jsonString(names.old)},"new":${jsonString(names.new)},"changes":[`,
    rows(changes) {
      let text = '';
      for (const change of changes) {
        text += separator + changeJson(change);
        separator = ',\n';
      }
      return text;
    },
    tail(comparison) {
      const { added, removed, changed, unchanged } = comparison;
      const difference = subtractAmounts(comparison.new.credits, comparison.old.credits);
      const counts = jsonString({ added, removed, changed, unchanged, equal: isEqual(comparison) });
      return [
        `${separator === '\n' ? '' : '\n'}],${counts.slice(1, -1)}`,
        `,"old_total":${sumJson(comparison.old)},"new_total":${sumJson(comparison.new)}`,
        `,"difference":${formatAmount(difference)}${costJson(comparison)}}}\n`,
      ];
    },
  };
}

function changeJson(change: BillChange): string {
  const members = [
    `"change":"${change.change}"`,
    `"message_id":${(change.new ?? change.old).id}`,
    ...(change.change === 'changed' ? [`"fields":${jsonString(change.fields)}`] : []),
    ...(change.old === undefined ? [] : [`"old":${rowJson(change.old)}`]),
    ...(change.new === undefined ? [] : [`"new":${rowJson(change.new)}`]),
    `"difference":${formatAmount(differenceOf(change))}`,
  ];
  return `{${members.join(',')}}`;
}

function costJson({ currency, old, new: fresh }: Comparison): string {
  if (currency === undefined) return '';
  const difference = subtractCosts(fresh.cost ?? NO_COST, old.cost ?? NO_COST);
  return `,"cost_difference":${formatCost(difference)},"currency":"${currency}"`;
}

function rowJson({ timestamp, reportName, credits, cost, currency }: ExportRow): string {
  const texts = jsonString({ timestamp, report_name: reportName }).slice(1, -1);
  return `{${texts}${texts === '' ? '' : ','}"credits_used":${formatAmount(credits)}${moneyJson(cost, currency)}}`;
}

function sumJson({ messages, credits, cost }: Sum): string {
  return `{"messages":${messages},"credits":${formatAmount(credits)}${moneyJson(cost)}}`;
}

function moneyJson(cost: Cost | undefined, currency?: string): string {
  const unit = currency === undefined ? '' : `,"currency":${jsonString(currency)}`;
  return cost === undefined ? '' : `,"cost":${formatCost(cost)}${unit}`;
}

/** `{"reconciliation":{…,"causes":[…],…}}`, one cause a line. Numbers in full. */
export function reconciliationJson(source: string, value: Reconciliation): string {
  const { unit, invoice, messages, total, rounded, difference, causes, explanations } = value;
  const isMoney = unit !== CREDITS;
  const lines = causes.map((cause) => `\n${causeJson(cause, isMoney ? 'cost' : 'credits')}`).join(',');
  return `{"reconciliation":{${[
    `"source":${jsonString(source)}`,
    ...(isMoney ? [`"currency":"${unit}"`] : []),
    `"invoice":${formatAmount(invoice)}`,
    `"total":${formatAmount(total)}`,
    ...(isMoney ? [`"rounded":${formatAmount(rounded)}`] : []),
    `"messages":${messages}`,
    `"difference":${formatAmount(difference)}`,
    `"equal":${compareAmounts(difference, ZERO) === 0}`,
    `"causes":[${lines}${lines === '' ? '' : '\n'}]`,
    // The first of them, for scripts that want one.
    `"closed_by":${jsonString(explanations[0]?.causes ?? null)}`,
    `"explanations":[${explanations.map(explanationJson).join(',')}]`,
  ].join(',')}}}\n`;
}

function explanationJson({ causes, total }: Explanation): string {
  return `{"causes":${jsonString(causes)},"total":${formatAmount(total)}}`;
}

function causeJson(cause: Cause, key: string): string {
  const { messages, credits, effect } = cause;
  const sums = `"messages":${messages},"${key}":${formatAmount(credits)},"effect":${formatAmount(effect)}`;
  return `{"cause":"${cause.cause}",${sums},${ownJson(cause, key)}}`;
}

function ownJson(cause: Cause, amount: string): string {
  switch (cause.cause) {
    case 'rounding':
      return `"decimals":${cause.decimals}`;
    case 'copies':
      return `"counted":${cause.counted},"message_ids":[${cause.ids.join(',')}]`;
    case 'missing-reports':
      return `"reports":${partsJson('report_id', cause.reports, amount)}`;
    case 'other-months':
      return `"month":"${cause.month}","months":${partsJson('month', cause.months, amount)}`;
  }
}

function partsJson(key: string, parts: readonly Part[], amount: string): string {
  const written = parts.map(
    ({ name, messages, credits }) =>
      `{"${key}":${jsonString(name)},"messages":${messages},"${amount}":${formatAmount(credits)}}`,
  );
  return `[${written.join(',')}]`;
}
