import { distance } from 'fastest-levenshtein';
import { instantOf } from '../../calendar/instant.js';
import type { TimeBound } from '../../calendar/time-zone.js';
import type { Message } from '../../document/records.js';
import { CommandLineError } from '../../errors.js';
import { type Kind, kindOf, type UsageItem } from '../pricing/priced-row.js';

/** Which rows a report shows. */
export interface RowQuery {
  /** The id of the only message asked for. */
  readonly message?: number | bigint;
  /** Where the time that counts begins, and where it ends. */
  readonly since?: TimeBound;
  readonly until?: TimeBound;
  readonly report?: ReportFilter;
  readonly kind?: Kind;
  readonly sort?: SortOrder;
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

export interface SortOrder {
  readonly field: (typeof SORT_FIELDS)[number];
  readonly descending: boolean;
}

/** Whether a field of a row, shown or sorted by, comes from the message's text. */
export function readsText(field: string): boolean {
  return field === 'text' || field === 'characters';
}

/** Whether anything but sorting was asked for, so that the rows shown may not be the whole period. */
export function narrows({ message, since, until, report, kind, offset, limit }: RowQuery): boolean {
  return offset > 0 || [message, since, until, report, kind, limit].some((bound) => bound !== undefined);
}

/** Whether `matchesMessage` leaves anything out. */
export function narrowsMessages({ message, since, until }: RowQuery): boolean {
  return [message, since, until].some((bound) => bound !== undefined);
}

/**
 * Whether a message is the one asked for and lies in the time asked for: decided before pricing, so that no
 * other report is fetched.
 */
export function matchesMessage(candidate: Message, { message, since, until }: RowQuery): boolean {
  if (message !== undefined && candidate.id !== message) return false;
  if (since === undefined && until === undefined) return true;
  const instant = instantOf(candidate.timestamp);
  return since?.isReachedBy(instant) !== false && until?.isReachedBy(instant) !== true;
}

export function matchesRow(item: UsageItem, { report, kind }: RowQuery): boolean {
  if (kind !== undefined && kindOf(item) !== kind) return false;
  return report === undefined || isOfReport(item, report);
}

/** Names remembered for suggestions, and suggestions made. */
const MOST_NAMES = 10_000;
const MOST_SUGGESTIONS = 3;

/** What `--report` asks for: `7`, `Tenant Obligations Report`, `id:7`, `name:7`. */
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

/** By id, or by name in any case. */
function isOfReport(item: UsageItem, choice: ReportFilter): boolean {
  return hasName(item, choice) || hasId(item, choice);
}

/**
 * Looks at every row of a run, selected or not, for what is wrong with the choice.
 *
 * @param refuse makes the error; one that names the flag unless given
 */
export function checkReportFilter(
  choice: ReportFilter,
  refuse = (name: string, problem: string): Error => new CommandLineError(`--${name}: ${problem}`),
) {
  const names = new Set<string>();
  let foundId = false;
  let namedId: string | undefined;

  return {
    /** @throws what `refuse` makes, where the text is the id of one report and the name of another */
    add(item: UsageItem): void {
      if (item.report !== undefined && names.size < MOST_NAMES) names.add(item.report.name);
      const byId = hasId(item, choice);
      if (byId) foundId = true;
      else if (hasName(item, choice)) namedId ??= String(item.message.reportId);
      if (foundId && namedId !== undefined) {
        const { text } = choice;
        throw refuse(
          'report',
          `${text} is the id of one report and the name of report ${namedId}; say id:${text} or name:${text}`,
        );
      }
    },

    /** What to say where no message has the report; undefined where one has. */
    note(): string | undefined {
      if (foundId || namedId !== undefined) return undefined;
      const near = nearest(choice.name ?? '', [...names]).map((name) => JSON.stringify(name));
      const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
      return `no message has the report ${JSON.stringify(choice.text)}${meant}`;
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
    return { name, far: lower.includes(wanted) ? Math.min(edits, 0.2) : edits };
  });
  return scored
    .filter(({ far }) => far <= 0.4)
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ name }) => name);
}
