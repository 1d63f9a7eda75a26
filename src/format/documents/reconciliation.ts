import { compareAmounts, formatAmount, ZERO } from '../../engine/index.js';
import type { Cause, Explanation, Part, Reconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS } from '../../usage/forecast/limit.js';
import { jsonString } from '../text.js';

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
