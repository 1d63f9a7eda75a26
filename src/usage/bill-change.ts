import { type Amount, compareAmounts, subtractAmounts } from '../engine/index.js';
import type { ExportRow } from '../source/export/export-row.js';

/** What one message is in two bills. */
export type BillChange =
  | { readonly change: 'added'; readonly old: undefined; readonly new: ExportRow }
  | { readonly change: 'removed'; readonly old: ExportRow; readonly new: undefined }
  | {
      readonly change: 'changed';
      readonly old: ExportRow;
      readonly new: ExportRow;
      readonly fields: readonly ComparedField[];
    };

const COMPARED_FIELDS = ['timestamp', 'report_name', 'credits_used'] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/** The difference of a message that stands in both bills; undefined where there is none. */
export function changeBetween(old: ExportRow, fresh: ExportRow): BillChange | undefined {
  const fields = COMPARED_FIELDS.filter((field) => differs(field, old, fresh));
  return fields.length === 0 ? undefined : { change: 'changed', old, new: fresh, fields };
}

function differs(field: ComparedField, old: ExportRow, fresh: ExportRow): boolean {
  switch (field) {
    case 'timestamp':
      // An export made without the field says nothing of it.
      return (
        old.timestamp !== undefined && fresh.timestamp !== undefined && old.timestamp !== fresh.timestamp
      );
    case 'report_name':
      return old.reportName !== fresh.reportName;
    case 'credits_used':
      return compareAmounts(old.credits, fresh.credits) !== 0;
  }
}

/** New credits minus old ones; a message that is not in a bill costs nothing there. */
export function differenceOf(change: BillChange): Amount {
  return subtractAmounts(change.new?.credits ?? 0, change.old?.credits ?? 0);
}
