import { CALENDAR_UNITS, type CalendarUnit } from '../calendar/days.js';
import type { ReportId } from '../source/message.js';
import type { Kind } from './item.js';

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
