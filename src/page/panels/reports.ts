import { visible } from '../../format/text.js';
import type { BillRow, Total } from '../data/bill.js';
import { toApproximate } from '../data/texts.js';
import { barOf, byId, countOf, type Figure, html, oneTabStop } from '../view/elements.js';
import type { View } from '../view/view.js';

/** More than this nobody reads; the search finds the others. */
const MOST_REPORTS = 100;

interface ReportTotal extends Pick<Total, 'count' | 'units'> {
  readonly id: string;
  /** Undefined where the report does not exist. */
  readonly name: string | undefined;
}

/**
 * Totals by report, the dearest first. Choosing one sets the view's report, choosing it again ends that. The returned
 * function shows `rows` (of any report).
 */
export function reportsInPage(
  scale: number,
  figure: Figure,
  onReport: (report: string | undefined) => void,
): (rows: readonly BillRow[], view: View) => void {
  const list = byId('reports', HTMLUListElement);
  const note = byId('reports-note', HTMLParagraphElement);
  const makeStop = oneTabStop(list, 'button');

  return (rows, { report: chosen }) => {
    const totals = totalsByReport(rows);
    const shown = totals.slice(0, MOST_REPORTS);
    const most = toApproximate(totals[0]?.units ?? 0n, scale);
    const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(
      ...shown.map((total) => {
        const isChosen = total.id === chosen;
        const button = html(
          'button',
          { type: 'button', 'aria-pressed': String(isChosen), class: total.name === undefined && 'missing' },
          html('span', { class: 'report-name' }, nameOf(total)),
          figure(total.units),
          barOf(toApproximate(total.units, scale) / (most || 1)),
          html('span', { class: 'report-count' }, countOf(total.count, 'message')),
        );
        button.addEventListener('click', () => onReport(isChosen ? undefined : total.id));
        return html('li', { class: chosen !== undefined && !isChosen && 'outside' }, button);
      }),
    );
    makeStop();
    if (focused !== -1) list.children[focused]?.querySelector('button')?.focus();
    note.textContent =
      totals.length === 0
        ? 'No message names a report.'
        : totals.length > MOST_REPORTS
          ? `And ${countOf(totals.length - MOST_REPORTS, 'report')} more: the search finds them by name.`
          : '';
  };
}

function nameOf({ id, name }: ReportTotal): string {
  return name === undefined ? `Report ${visible(id)}, missing` : visible(name);
}

/** Exact totals of the rows that name a report, as `summary --by report` orders them. */
function totalsByReport(rows: readonly BillRow[]): ReportTotal[] {
  const totals = new Map<string, { id: string; name: string | undefined; count: number; units: bigint }>();
  for (const { reportId: id, reportName: name, units } of rows) {
    if (id === undefined) continue;
    const total = totals.get(id);
    if (total === undefined) totals.set(id, { id, name, count: 1, units });
    else {
      total.count += 1;
      total.units += units;
    }
  }
  return [...totals.values()].sort((a, b) => {
    if (a.units !== b.units) return a.units > b.units ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}
