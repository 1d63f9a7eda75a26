import { formatAmount } from '../engine/index.js';
import type { Summary, SummaryGroup } from '../usage/summarise.js';
import { jsonString } from './json-string.js';
import type { SummaryFacts } from './summary-facts.js';
import { summaryFields } from './summary-fields.js';

/** `{"summary":{…,"groups":[…],"total":{…}}}`, one group a line. Numbers in full; a share has two decimals. */
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
  const outOf = facts.outOf === undefined ? '' : `,"out_of":${facts.outOf}`;
  const total = `{"messages":${summary.messages},"credits":${formatAmount(summary.credits)}${outOf}}`;
  yield `${separator === '\n' ? '' : '\n'}],"total":${total}}}\n`;
}

/** The groups, one a line, and nothing else. */
export function* summaryNdjson(summary: Summary): Generator<string> {
  for (const group of summary.groups) yield `${groupJson(group, summary)}\n`;
}

function groupJson(group: SummaryGroup, summary: Summary): string {
  const members = summaryFields(group, summary).map(({ name, value, type }) => {
    const written = type === 'number' || value === undefined ? value : jsonString(value);
    return `"${name}":${written ?? 'null'}`;
  });
  return `{${members.join(',')}}`;
}
