import { formatAmount, subtractAmounts } from '../engine/index.js';
import type { ExportRow } from '../source/export/export-row.js';
import type { BillSum } from '../usage/diff/compare-bills.js';
import { type BillChange, differenceOf } from '../usage/diff/compare-bills.js';
import { type DiffNames, type DiffRenderer, isEqual } from './diff-renderer.js';
import { jsonString } from './json-string.js';

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
        `,"difference":${formatAmount(difference)}}}\n`,
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

function rowJson({ timestamp, reportName, credits }: ExportRow): string {
  const texts = jsonString({ timestamp, report_name: reportName }).slice(1, -1);
  return `{${texts}${texts === '' ? '' : ','}"credits_used":${formatAmount(credits)}}`;
}

function sumJson({ messages, credits }: BillSum): string {
  return `{"messages":${messages},"credits":${formatAmount(credits)}}`;
}
