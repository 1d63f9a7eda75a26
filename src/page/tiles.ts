import type { Bill } from './bill.js';
import { byId, html } from './elements.js';
import { toDigits, toTwoDecimals, toUnits } from './exact.js';
import { countOf, type Figure } from './figures.js';
import { pricedByText, type Totals } from './totals.js';

/** Shows the totals of the rows that the filter leaves, and what they are part of. */
export function showTiles(bill: Bill, totals: Totals, filtered: boolean, figure: Figure): void {
  const text = pricedByText(totals);
  const missing = totals.byKind['missing-report'].count;
  const { report } = totals.byKind;
  byId('tiles', HTMLUListElement).replaceChildren(
    tile('Credits', figure(totals.units), creditsNote(bill, totals.units, filtered), 'main'),
    tile(
      'Messages',
      totals.count.toLocaleString('en'),
      filtered ? `of ${bill.meta.count.toLocaleString('en')}` : '',
    ),
    tile('By report', figure(report.units), countOf(report.count, 'message'), 'report'),
    tile(
      'By text',
      figure(text.units),
      countOf(text.count, 'message') +
        (missing === 0 ? '' : `, ${missing.toLocaleString('en')} missing their report`),
      'text',
    ),
  );
  const note = byId('totals-note', HTMLParagraphElement);
  note.hidden = !bill.meta.filtered;
  note.textContent =
    'The command that made this page left messages out: these are not the totals of the whole period.';
}

function creditsNote(bill: Bill, units: bigint, filtered: boolean): string {
  const exactly = toTwoDecimals(units, bill.scale).rounded ? `exactly ${toDigits(units, bill.scale)}` : '';
  return [
    exactly,
    filtered ? `of ${toTwoDecimals(toUnits(bill.meta.total, bill.scale), bill.scale).text}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function tile(name: string, value: Node | string, note: string, kind = ''): HTMLLIElement {
  return html(
    'li',
    { class: `tile ${kind}` },
    html('span', { class: 'tile-name' }, name),
    html('strong', { class: 'tile-value' }, value),
    html('span', { class: 'tile-note' }, note),
  );
}
