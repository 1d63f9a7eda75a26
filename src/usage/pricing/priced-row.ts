import type { ExportRow, Message, Report } from '../../document/records.js';
import type { Amount } from '../../engine/index.js';

/** One priced message: a row of the bill. */
export interface UsageItem {
  readonly message: Message;
  /** The report that priced it; undefined where the text did. */
  readonly report: Report | undefined;
  readonly credits: Amount;
}

/** Why a message costs what it costs: its report, its text, or its text because its report does not exist. */
export const KINDS = ['report', 'text', 'missing-report'] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(item: UsageItem): Kind {
  if (item.report !== undefined) return 'report';
  return item.message.reportId === undefined ? 'text' : 'missing-report';
}

export function recordByKind<Value>(make: (kind: Kind) => Value): Readonly<Record<Kind, Value>> {
  return {
    report: make('report'),
    text: make('text'),
    'missing-report': make('missing-report'),
  };
}

/** What happens to a duplicate message id: it is an error; equal copies count once; every copy counts. */
export const DUPLICATE_RULES = ['error', 'once', 'keep'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

/** A priced message as the row that an export of it would have. */
export function usageRow(item: UsageItem): ExportRow {
  const { message, report, credits } = item;
  return {
    id: message.id,
    timestamp: message.timestamp,
    reportName: report?.name || undefined,
    credits,
    reportId: message.reportId,
    kind: kindOf(item),
  };
}
