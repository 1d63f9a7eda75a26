import type { Kind } from '../../usage/pricing/priced-row.js';
import { visible } from '../text.js';
import type { PageMeta } from './page-meta.js';

/** One message of the bill. */
export interface PageRow {
  /** An integer of any size, in decimal. */
  readonly messageId: string;
  /** RFC 3339, exactly as upstream sent it. */
  readonly timestamp: string;
  /** Of the report that the message names, whether it exists or not. */
  readonly reportId?: string;
  /** Where a report priced the message. */
  readonly reportName?: string;
  readonly kind: Kind;
  /** Exact digits: no exponent, no sign of a plus, no grouping. */
  readonly credits: string;
  /** The day in the page's zone, as whole days since 1970-01-01. */
  readonly day: number;
  /**
   * What the rules counted in the text, in the engine's order behind the message itself: enough to explain the price,
   * and nothing of the text. Absent where a report priced the message, or its text was not at hand.
   */
  readonly counts?: readonly number[];
  /** Only with `--with-text`. */
  readonly text?: string;
  /** Exact digits, where a credit has a price. */
  readonly cost?: string;
}

/** In the order they are stacked, listed and numbered. */
export const KINDS = ['report', 'text', 'missing-report'] as const satisfies readonly Kind[];

export const KIND_NAMES: Record<Kind, string> = {
  report: 'Report',
  text: 'Text',
  'missing-report': 'Missing report',
};

/**
 * The columns of the table of messages from left to right, each by its name in the page's address: as in `--sort` and
 * `--fields` of the command. The page's script says how they sort and look (src/page/view/columns.ts).
 */
export const COLUMN_TEXTS = {
  message_id: { title: 'Message', class: 'id', text: ({ messageId }) => messageId },
  timestamp: { title: 'Time', class: 'time', text: ({ timestamp }) => timestamp },
  report_name: { title: 'Report', class: 'name', text: ({ reportName = '' }) => visible(reportName) },
  kind: { title: 'Kind', class: 'kind', text: ({ kind }) => KIND_NAMES[kind] },
  credits_used: { title: 'Credits', class: 'number', text: ({ credits }) => credits },
  cost: { title: 'Cost', class: 'number', text: ({ cost = '' }) => cost },
} satisfies Record<string, ColumnText>;

export interface ColumnText {
  readonly title: string;
  /** Of its cells. */
  readonly class: string;
  readonly text: (row: PageRow) => string;
}

export type Column = keyof typeof COLUMN_TEXTS;

const isColumn = (name: string): name is Column => Object.hasOwn(COLUMN_TEXTS, name);

export const COLUMN_NAMES: readonly Column[] = Object.keys(COLUMN_TEXTS).filter(isColumn);

/** The columns of a bill: costs only where a credit has a price. */
export function columnsOf({ cost }: Pick<PageMeta, 'cost'>): Column[] {
  return COLUMN_NAMES.filter((name) => name !== 'cost' || cost !== undefined);
}

/** Rows as they are embedded, a batch at a time: with the keys and repeated texts of 100,000 rows the file would double. */
export interface WireBlock {
  /** The day from which those of the rows are counted. */
  readonly day: number;
  /** Id, and name where the report exists. */
  readonly reports: readonly WireReport[];
  readonly rows: readonly WireRow[];
}

type WireReport = readonly [id: string, name?: string];

/** Kind and report by their indexes, -1 for no report; 0 for no counts and no text. What a row lacks at its end is left out. */
type WireRow = readonly [
  messageId: string,
  timestamp: string,
  day: number,
  kind: number,
  credits: string,
  report: number,
  counts?: readonly number[] | 0,
  text?: string | 0,
  cost?: string,
];

export function encodeRows(rows: readonly PageRow[]): WireBlock {
  const reports: WireReport[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (id: string, name?: string) => {
    const key = JSON.stringify([id, name]);
    const index = indexes.get(key) ?? reports.push(name === undefined ? [id] : [id, name]) - 1;
    indexes.set(key, index);
    return index;
  };
  const firstDay = rows[0]?.day ?? 0;
  const wire = rows.map((row): WireRow => {
    const { messageId, timestamp, day, kind, credits, reportId, reportName, counts, text, cost } = row;
    const report = reportId === undefined ? -1 : indexOf(reportId, reportName);
    const cells = [messageId, timestamp, day - firstDay, KINDS.indexOf(kind), credits, report] as const;
    if (cost !== undefined) return [...cells, counts ?? 0, text ?? 0, cost];
    if (text !== undefined) return [...cells, counts ?? 0, text];
    return counts === undefined ? cells : [...cells, counts];
  });
  return { day: firstDay, reports, rows: wire };
}

/** Throws a TypeError when `value` is not what `encodeRows` makes. */
export function decodeRows(value: unknown): PageRow[] {
  const { day, reports, rows }: { day?: unknown; reports?: unknown; rows?: unknown } = Object(value);
  if (typeof day !== 'number' || !Array.isArray(reports) || !Array.isArray(rows)) {
    throw new TypeError('a block of messages lacks a part');
  }
  return rows.map((row) => decodeRow(row, day, reports));
}

function decodeRow(value: unknown, firstDay: number, reports: readonly unknown[]): PageRow {
  if (!Array.isArray(value)) throw new TypeError('a row is not an array');
  const [messageId, timestamp, day, kindIndex, credits, reportIndex, counts, text, cost]: unknown[] = value;
  const kind = KINDS[Number(kindIndex)];
  if (
    typeof messageId !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof day !== 'number' ||
    kind === undefined ||
    typeof credits !== 'string'
  ) {
    throw new TypeError('a row lacks a field');
  }
  return {
    messageId,
    timestamp,
    day: firstDay + day,
    kind,
    credits,
    ...(reportIndex !== -1 && decodeReport(reports[Number(reportIndex)])),
    ...(counts !== undefined && counts !== 0 && { counts: decodeCounts(counts) }),
    ...(typeof text === 'string' && { text }),
    ...(typeof cost === 'string' && { cost }),
  };
}

function decodeReport(value: unknown): Pick<PageRow, 'reportId' | 'reportName'> {
  const [reportId, reportName]: unknown[] = Array.isArray(value) ? value : [];
  if (typeof reportId !== 'string') throw new TypeError('a report has no id');
  if (reportName === undefined) return { reportId };
  if (typeof reportName !== 'string') throw new TypeError('a report name is not text');
  return { reportId, reportName };
}

function decodeCounts(value: unknown): number[] {
  if (!Array.isArray(value)) throw new TypeError('the counts of a row are no list');
  return value.map((count: unknown) => {
    if (typeof count !== 'number' || !Number.isSafeInteger(count))
      throw new TypeError('a count is no number');
    return count;
  });
}
