import { distance } from 'fastest-levenshtein';
import { instantOf } from '../../calendar/instant.js';
import type { TimeBound } from '../../calendar/time-zone.js';
import type { Message } from '../../document/records.js';
import { CommandLineError } from '../../errors.js';
import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';

/** Which rows a bill shows, and in which order. */
export interface RowQuery {
  /** The id of the only message. */
  readonly message?: number | bigint | undefined;
  /** The beginning of the time range, included, and its end, excluded. */
  readonly since?: TimeBound | undefined;
  readonly until?: TimeBound | undefined;
  readonly report?: ReportFilter | undefined;
  readonly kind?: Kind | undefined;
  /** Upstream's order where it is undefined. */
  readonly sort?: SortOrder | undefined;
  /** Rows left out at the beginning. */
  readonly offset: number;
  /** Rows at the most. */
  readonly limit?: number | undefined;
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

export interface SortOrder {
  readonly field: (typeof SORT_FIELDS)[number];
  readonly descending: boolean;
}

/** Whether a field of a row, shown or sorted by, comes from the message's text. */
export function readsText(field: string): boolean {
  return field === 'text' || field === 'characters';
}

/** Whether the rows of a query may not be the whole period: it does more than sort. */
export function narrows(query: RowQuery): boolean {
  const { report, kind, offset, limit } = query;
  return narrowsMessages(query) || offset > 0 || [report, kind, limit].some((value) => value !== undefined);
}

/** Whether `matchesMessage` leaves anything out. */
export function narrowsMessages({ message, since, until, kind }: RowQuery): boolean {
  return kind === 'text' || [message, since, until].some((value) => value !== undefined);
}

/** The part of a query that is decided before pricing, so that no other report is fetched. */
export function matchesMessage(candidate: Message, { message, since, until, kind }: RowQuery): boolean {
  if (message !== undefined && candidate.id !== message) return false;
  // The one kind that no report decides: none is requested for the other messages.
  if (kind === 'text' && candidate.reportId !== undefined) return false;
  if (since === undefined && until === undefined) return true;
  const instant = instantOf(candidate.timestamp);
  return since?.isReachedBy(instant) !== false && until?.isReachedBy(instant) !== true;
}

/** The part of a query that needs the price. */
export function matchesRow(item: UsageItem, { report, kind }: RowQuery): boolean {
  if (kind !== undefined && kindOf(item) !== kind) return false;
  return report === undefined || hasName(item, report) || hasId(item, report);
}

/** The value of `--report`: `7`, `Tenant Obligations Report`, `id:7`, `name:7`. By id, or by name in any case. */
export interface ReportFilter {
  readonly text: string;
  readonly id: string | undefined;
  /** In lower case. */
  readonly name: string | undefined;
}

export function parseReportFilter(text: string): ReportFilter {
  const [, by, rest = text] = /^(id|name):(.+)$/s.exec(text) ?? [];
  return {
    text,
    id: by === 'name' ? undefined : rest,
    name: by === 'id' ? undefined : rest.toLowerCase(),
  };
}

const hasId = ({ message }: UsageItem, { id }: ReportFilter) =>
  id !== undefined && message.reportId !== undefined && String(message.reportId) === id;

const hasName = ({ report }: UsageItem, { name }: ReportFilter) =>
  name !== undefined && report?.name.toLowerCase() === name;

/** Names remembered for suggestions, and suggestions made. */
const MAX_NAMES = 10_000;
const MAX_SUGGESTIONS = 3;

/**
 * Checks a report filter against every row of a run, selected or not.
 *
 * @param toError makes the error; one that names the flag unless given
 */
export function checkReportFilter(
  filter: ReportFilter,
  toError = (name: string, problem: string): Error => new CommandLineError(`--${name}: ${problem}`),
) {
  const names = new Set<string>();
  let foundId = false;
  let namedId: string | undefined;

  return {
    /** @throws an error of `toError` where the text is the id of one report and the name of another */
    add(item: UsageItem): void {
      if (item.report !== undefined && names.size < MAX_NAMES) names.add(item.report.name);
      if (hasId(item, filter)) foundId = true;
      else if (hasName(item, filter)) namedId ??= String(item.message.reportId);
      if (foundId && namedId !== undefined) {
        const { text } = filter;
        throw toError(
          'report',
          `${text} is the id of one report and the name of report ${namedId}; say id:${text} or name:${text}`,
        );
      }
    },

    /** What to tell the user where no message has the report; undefined where one has. */
    note(): string | undefined {
      if (foundId || namedId !== undefined) return undefined;
      const near = nearest(filter.name ?? '', [...names]).map((name) => JSON.stringify(name));
      const suggestion = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
      return `no message has the report ${JSON.stringify(filter.text)}${suggestion}`;
    },
  };
}

export type ReportFilterCheck = ReturnType<typeof checkReportFilter>;

/** @param wanted in lower case */
function nearest(wanted: string, names: readonly string[]): string[] {
  if (wanted === '') return [];
  const scored = names.map((name) => {
    const lower = name.toLowerCase();
    const edits = distance(wanted, lower) / Math.max(wanted.length, lower.length);
    return { name, score: lower.includes(wanted) ? Math.min(edits, 0.2) : edits };
  });
  return scored
    .filter(({ score }) => score <= 0.4)
    .sort((a, b) => a.score - b.score)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name);
}
