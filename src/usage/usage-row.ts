import type { ExportRow } from '../source/export/export-row.js';
import { kindOf, type UsageItem } from './item.js';

/** A priced message as the row that an export of it would have. */
export function usageRow(item: UsageItem): ExportRow {
  const { message, report, credits } = item;
  return {
    id: message.id,
    timestamp: message.timestamp,
    reportName: report?.name || undefined,
    credits,
    reportId: message.reportId === undefined ? undefined : `${message.reportId}`,
    kind: kindOf(item),
  };
}
