import type { BillRow } from './bill.js';
import { byId } from './elements.js';

/** More rows than this (some 40 sheets) are not printed; the page that is open is. */
const MOST_PRINTED = 2000;

/**
 * Prints all rows that the filter leaves, or says that it prints the open page only, and in light colours.
 * `show` puts rows into the table; `restore` puts back what the screen had.
 */
export function printSelection(
  selected: () => readonly BillRow[],
  show: (rows: readonly BillRow[]) => void,
  restore: () => void,
): void {
  const note = byId('printed', HTMLParagraphElement);
  addEventListener('beforeprint', () => {
    const rows = selected();
    note.hidden = rows.length <= MOST_PRINTED;
    note.textContent = `Only the page of the table that was open is printed, of ${rows.length.toLocaleString('en')} messages. The totals are those of all of them.`;
    if (rows.length <= MOST_PRINTED) show(rows);
  });
  addEventListener('afterprint', () => {
    note.hidden = true;
    restore();
  });
}
