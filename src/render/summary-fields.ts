import { formatAmount } from '../engine/index.js';
import type { Grouping, GroupKey } from '../usage/grouping.js';
import { percentOf } from '../usage/proportion.js';
import type { Summary, SummaryGroup } from '../usage/summarise.js';

/** One field of a group as scripts see it. */
export interface SummaryField {
  readonly name: string;
  /** Undefined where the group has none: `null` in JSON, an empty cell in CSV. */
  readonly value: string | undefined;
  /** `number`: a JSON number's text; `text`: anything, from upstream. */
  readonly type: 'number' | 'text';
}

/** The names of a group's fields: the groupings in their order (`report` is two), then the sums. */
export function summaryFieldNames(by: readonly Grouping[]): string[] {
  return [...by.flatMap(keyNames), 'messages', 'credits', 'share'];
}

/** The fields of one group, in the order of `summaryFieldNames`. `share` is in percent of the summary's credits. */
export function summaryFields(group: SummaryGroup, { by, credits }: Summary): SummaryField[] {
  return [
    ...by.flatMap((grouping, index) => keyFields(grouping, group.keys[index])),
    { name: 'messages', value: `${group.messages}`, type: 'number' },
    { name: 'credits', value: formatAmount(group.credits), type: 'number' },
    { name: 'share', value: percentOf(group.credits, credits), type: 'number' },
  ];
}

function keyNames(grouping: Grouping): string[] {
  return grouping === 'report' ? ['report_id', 'report_name'] : [grouping];
}

function keyFields(grouping: Grouping, key: GroupKey | undefined): SummaryField[] {
  if (grouping !== 'report') {
    return [{ name: grouping, value: key?.by === 'report' ? undefined : key?.label, type: 'text' }];
  }
  const { id, name } = key?.by === 'report' ? key : {};
  return [
    {
      name: 'report_id',
      value: id === undefined ? undefined : `${id}`,
      type: typeof id === 'string' ? 'text' : 'number',
    },
    { name: 'report_name', value: name, type: 'text' },
  ];
}
