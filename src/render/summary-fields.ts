import { dayText, firstDayOf, lastDayOf, periodNumber } from '../calendar/days.js';
import { formatAmount } from '../engine/index.js';
import type { Grouping, GroupKey } from '../usage/summary/groups.js';
import { percentText } from '../usage/summary/shares.js';
import type { Subtotal, SummaryGroup } from '../usage/summary/summary.js';

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
export function summaryFields(group: SummaryGroup, by: readonly Grouping[]): SummaryField[] {
  return [...by.flatMap((grouping, index) => keyFields(grouping, group.keys[index])), ...sumFields(group)];
}

/** The fields of a subtotal: the key of the first grouping, and the sums. */
export function subtotalFields(subtotal: Subtotal): SummaryField[] {
  return [...keyFields(subtotal.key.by, subtotal.key), ...sumFields(subtotal)];
}

/** The first and the last day of a week, which few know by its number. */
export function weekDays(key: GroupKey | undefined): { first: string; last: string } | undefined {
  if (key?.by !== 'week') return undefined;
  const week = periodNumber('week', key.label) ?? Number.NaN;
  return { first: dayText(firstDayOf('week', week)), last: dayText(lastDayOf('week', week)) };
}

function sumFields({ messages, credits, share }: Omit<SummaryGroup, 'keys'>): SummaryField[] {
  return [
    { name: 'messages', value: `${messages}`, type: 'number' },
    { name: 'credits', value: formatAmount(credits), type: 'number' },
    { name: 'share', value: percentText(share), type: 'number' },
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
