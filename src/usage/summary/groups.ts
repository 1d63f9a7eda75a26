import { CALENDAR_UNITS, type CalendarUnit, periodOf, periodText } from '../../calendar/days.js';
import type { ReportId } from '../../document/records.js';
import { type Amount, addAmounts, compareAmounts, ZERO } from '../../engine/index.js';
import { KINDS, type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';
import type { Sum } from '../pricing/sums.js';

/** What a summary can be broken down by. */
export const GROUPINGS = [...CALENDAR_UNITS, 'report', 'kind'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What the messages of one group have in common. */
export type GroupKey =
  | { readonly by: CalendarUnit; readonly label: string }
  | { readonly by: 'kind'; readonly label: Kind }
  /** No id: messages that name no report. An id without a name: the report does not exist. */
  | { readonly by: 'report'; readonly id: ReportId | undefined; readonly name: string | undefined };

export function isCalendarUnit(grouping: Grouping): grouping is CalendarUnit {
  return CALENDAR_UNITS.some((unit) => unit === grouping);
}

/** A group's key while messages are counted: cheap to make and to look up. Undefined: a period without messages. */
export type RawKey = number | string | undefined;

export interface RawGroup extends Sum {
  readonly keys: readonly RawKey[];
}

type ReportKey = Extract<GroupKey, { by: 'report' }>;

const KIND_ORDER: readonly RawKey[] = KINDS;

/** Messages that name no report: no report has an empty id. */
const NO_REPORT = '';

/** Gives messages the keys of their groups, and orders and reads the groups by them. */
export function createGroupKeys(by: readonly [Grouping, Grouping?]) {
  const groupings = by.filter((grouping) => grouping !== undefined);
  const reports = new Map<string, ReportKey>();

  function reportKeyOf({ message, report }: UsageItem): string {
    const id = message.reportId;
    const key = id === undefined ? NO_REPORT : `${id}`;
    const known = reports.get(key);
    // Of `7` and `"7"`, which are one report, the number, in whatever order they come.
    if (known === undefined || (typeof known.id === 'string' && typeof id !== 'string')) {
      reports.set(key, { by: 'report', id, name: report?.name });
    }
    return key;
  }

  function readKey(grouping: Grouping, key: RawKey): GroupKey | undefined {
    if (key === undefined) return undefined;
    if (grouping === 'report') return reports.get(`${key}`);
    if (grouping !== 'kind') return { by: grouping, label: periodText(grouping, Number(key)) };
    const label = KINDS.find((kind) => kind === key);
    return label && { by: 'kind', label };
  }

  /** The rank of each key of the `index`-th grouping; groups are shown by rising rank. */
  function ranksOf(groups: readonly RawGroup[], index: number): (key: RawKey) => number {
    const grouping = groupings[index];
    if (grouping === 'kind') return (key) => KIND_ORDER.indexOf(key);
    if (grouping !== 'report') return Number;
    const costs = new Map<RawKey, Amount>();
    for (const { keys, credits } of groups) {
      costs.set(keys[index], addAmounts(costs.get(keys[index]) ?? ZERO, credits));
    }
    const order = [...costs].sort(
      ([a, costA], [b, costB]) => compareAmounts(costB, costA) || (`${a}` < `${b}` ? -1 : 1),
    );
    const ranks = new Map(order.map(([key], rank) => [key, rank]));
    return (key) => ranks.get(key) ?? 0;
  }

  return {
    groupings,

    /** @param day the message's local day, as whole days since 1970-01-01 */
    keyOf(grouping: Grouping, item: UsageItem, day: number): number | string {
      if (grouping === 'report') return reportKeyOf(item);
      return grouping === 'kind' ? kindOf(item) : periodOf(grouping, day);
    },

    inOrder(groups: readonly RawGroup[]): RawGroup[] {
      const ranks = groupings.map((_, index) => ranksOf(groups, index));
      const rank = ({ keys }: RawGroup, index: number) => {
        const key = keys[index];
        return key === undefined ? Number.POSITIVE_INFINITY : (ranks[index]?.(key) ?? 0);
      };
      return groups.toSorted((a, b) => {
        for (const index of groupings.keys()) {
          const [left, right] = [rank(a, index), rank(b, index)];
          if (left !== right) return left < right ? -1 : 1;
        }
        return 0;
      });
    },

    read: (keys: readonly RawKey[]) => groupings.map((grouping, index) => readKey(grouping, keys[index])),
  };
}
