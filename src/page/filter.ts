import type { PageRow } from './contract.js';
import type { View } from './view.js';

/**
 * Whether a row has the view's kind and text, whatever its day. Text is found anywhere in the id or the report
 * name, without regard to case or to how an accent is encoded.
 */
export function matchContent(view: Pick<View, 'text' | 'kind'>): (row: PageRow) => boolean {
  const sought = fold(view.text.trim());
  const names = new Map<string, boolean>();
  const hasText = ({ messageId, reportName }: PageRow): boolean => {
    if (sought === '' || messageId.includes(sought)) return true;
    if (reportName === undefined) return false;
    const found = names.get(reportName) ?? fold(reportName).includes(sought);
    names.set(reportName, found);
    return found;
  };
  return (row) => (view.kind === undefined || row.kind === view.kind) && hasText(row);
}

/** Whether a day lies in the view's range, both ends included. */
export function matchDay(view: Pick<View, 'from' | 'to'>): (day: string) => boolean {
  const { from = '', to = '9999-12-31' } = view;
  return (day) => day >= from && day <= to;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
