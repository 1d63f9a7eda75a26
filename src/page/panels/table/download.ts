import { csvDialect, headOf } from '../../../format/data/dialect.js';
import type { BillRow } from '../../data/bill.js';
import { byId, html } from '../../view/elements.js';

const CSV = csvDialect({ delimiter: ',', bom: false, formulaGuard: true });
const FIELDS = ['message_id', 'timestamp', 'report_name', 'credits_used'];

/** What `usage --csv` writes for these messages. */
export function csvOf(rows: readonly BillRow[]): string {
  const lines = rows.map(({ messageId, timestamp, reportName = '', credits }) =>
    [messageId, timestamp, CSV.cell(reportName), credits].join(CSV.delimiter),
  );
  return [headOf(FIELDS, false, CSV).slice(0, -CSV.endOfRow.length), ...lines, ''].join(CSV.endOfRow);
}

/** The button that saves all the rows that the filter leaves, in the order shown. */
export function downloadInPage(period: string, selected: () => readonly BillRow[]): void {
  byId('download', HTMLButtonElement).addEventListener('click', () => {
    const address = URL.createObjectURL(new Blob([csvOf(selected())], { type: 'text/csv' }));
    html('a', { href: address, download: `usage-${period}.csv` }).click();
    // After the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
}
