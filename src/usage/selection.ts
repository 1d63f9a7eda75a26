import { instantOf } from '../calendar/instant.js';
import type { TimeBound } from '../calendar/time-zone.js';
import type { Message } from '../source/message.js';
import { type Kind, kindOf, type UsageItem } from './item.js';
import { isOfReport, type ReportChoice } from './report-filter.js';

/** Which rows a report shows. */
export interface Selection {
  /** The id of the only message asked for. */
  readonly message?: number | bigint;
  /** Where the time that counts begins, and where it ends. */
  readonly since?: TimeBound;
  readonly until?: TimeBound;
  readonly report?: ReportChoice;
  readonly kind?: Kind;
  readonly sort?: Sorting;
  /** Rows left out at the beginning. */
  readonly offset: number;
  /** Rows at the most. */
  readonly limit?: number;
}

export const SORT_FIELDS = [
  'message_id',
  'timestamp',
  'report_name',
  'credits_used',
  'report_id',
  'kind',
  'characters',
  'text',
] as const;

export interface Sorting {
  readonly field: (typeof SORT_FIELDS)[number];
  readonly descending: boolean;
}

/** Whether a field of a row, shown or sorted by, comes from the message's text. */
export function readsText(field: string): boolean {
  return field === 'text' || field === 'characters';
}

/** Whether anything but sorting was asked for, so that the rows shown may not be the whole period. */
export function narrows({ message, since, until, report, kind, offset, limit }: Selection): boolean {
  return offset > 0 || [message, since, until, report, kind, limit].some((bound) => bound !== undefined);
}

/** Whether `isWanted` leaves anything out. */
export function narrowsMessages({ message, since, until }: Selection): boolean {
  return [message, since, until].some((bound) => bound !== undefined);
}

/**
 * Whether a message is the one asked for and lies in the time asked for: decided before pricing, so that no
 * other report is fetched.
 */
export function isWanted(candidate: Message, { message, since, until }: Selection): boolean {
  if (message !== undefined && candidate.id !== message) return false;
  if (since === undefined && until === undefined) return true;
  const instant = instantOf(candidate.timestamp);
  return since?.isReachedBy(instant) !== false && until?.isReachedBy(instant) !== true;
}

export function matches(item: UsageItem, { report, kind }: Selection): boolean {
  if (kind !== undefined && kindOf(item) !== kind) return false;
  return report === undefined || isOfReport(item, report);
}
