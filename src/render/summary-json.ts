import { dayText } from '../calendar/days.js';
import { formatAmount } from '../engine/index.js';
import type { DaySpan } from '../usage/summary/empty-periods.js';
import type { GroupKey } from '../usage/summary/groups.js';
import type { Subtotal, Summary, SummaryGroup } from '../usage/summary/summary.js';
import { jsonString } from './json-string.js';
import type { SummaryFacts } from './summary-facts.js';
import { type SummaryField, subtotalFields, summaryFields, weekDays } from './summary-fields.js';

/**
 * `{"summary":{…,"groups":[…],"total":{…}}}`, one group a line. Numbers in full; a share has two decimals. With two
 * groupings there are `subtotals`, and `empty_spans` where empty periods are left out.
 */
export function* summaryJson(summary: Summary, facts: SummaryFacts): Generator<string> {
  const head = jsonString({
    source: facts.source,
    period: facts.period,
    timezone: facts.timezone,
    rules: facts.rules,
    first_message: summary.first?.timestamp ?? null,
    last_message: summary.last?.timestamp ?? null,
    state: facts.state,
    as_of: facts.asOf,
    by: summary.by,
  });
  yield `{"summary":${head.slice(0, -1)},"groups":[`;
  let separator = '\n';
  for (const group of summary.groups) {
    yield separator + groupJson(group, summary);
    separator = ',\n';
  }
  yield separator === '\n' ? ']' : '\n]';
  if (summary.by.length > 1) {
    yield `,"subtotals":[${summary.subtotals.map((subtotal) => `\n${subtotalJson(subtotal)}`).join()}\n]`;
  }
  if (summary.emptySpans.length > 0) yield `,"empty_spans":${jsonString(summary.emptySpans.map(spanOf))}`;
  const outOf = facts.outOf === undefined ? '' : `,"out_of":${facts.outOf}`;
  const total = `{"messages":${summary.messages},"credits":${formatAmount(summary.credits)}${outOf}}`;
  yield `,"total":${total}}}\n`;
}

/** The groups, one a line, and nothing else. */
export function* summaryNdjson(summary: Summary): Generator<string> {
  for (const group of summary.groups) yield `${groupJson(group, summary)}\n`;
}

function groupJson(group: SummaryGroup, summary: Summary): string {
  return objectJson(summaryFields(group, summary.by), group.keys);
}

const subtotalJson = (subtotal: Subtotal) => objectJson(subtotalFields(subtotal), [subtotal.key]);

const spanOf = ({ first, last }: DaySpan) => ({ first_day: dayText(first), last_day: dayText(last) });

/** A week has its days beside it. */
function objectJson(fields: readonly SummaryField[], keys: readonly (GroupKey | undefined)[]): string {
  const days = keys.map(weekDays).find((week) => week !== undefined);
  const members = fields.map(({ name, value, type }) => {
    const written = type === 'number' || value === undefined ? value : jsonString(value);
    const member = `"${name}":${written ?? 'null'}`;
    return name === 'week' && days
      ? `${member},"first_day":"${days.first}","last_day":"${days.last}"`
      : member;
  });
  return `{${members.join(',')}}`;
}
