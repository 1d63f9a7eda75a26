import { visible } from '../render/visible.js';
import type { Kind } from '../usage/item.js';
import type { BillRow } from './bill.js';
import type { Clock } from './clock.js';
import { byId, html } from './elements.js';
import { countOf, type Figure } from './figures.js';
import { CELL, ROW, ROW_HEADER } from './table-roles.js';
import type { Total } from './totals.js';

export const KIND_NAMES: Record<Kind, string> = {
  report: 'Report',
  text: 'Text',
  'missing-report': 'Missing report',
};

/** Puts `rows` into the table, and the total of all rows that the filter leaves under them. */
export function showRows(rows: readonly BillRow[], total: Total, clock: Clock, figure: Figure): void {
  const shown = rows.map((row) => rowOf(row, clock, figure));
  byId('rows', HTMLTableSectionElement).replaceChildren(...(shown.length === 0 ? [noRow()] : shown));
  byId('foot', HTMLTableSectionElement).replaceChildren(
    html(
      'tr',
      ROW,
      html('th', { ...ROW_HEADER, colspan: 4 }, `Total of ${countOf(total.count, 'message')}`),
      html('td', { ...CELL, class: 'number' }, figure(total.units)),
    ),
  );
}

function noRow(): HTMLTableRowElement {
  return html(
    'tr',
    ROW,
    html('td', { ...CELL, class: 'none', colspan: 5 }, 'No message matches the filter.'),
  );
}

function rowOf(row: BillRow, clock: Clock, figure: Figure): HTMLTableRowElement {
  return html(
    'tr',
    ROW,
    html('th', { ...ROW_HEADER, class: 'id' }, row.messageId),
    html('td', { ...CELL, class: 'time' }, momentOf(row, clock)),
    html('td', { ...CELL, class: 'name' }, ...(row.reportName === undefined ? [] : [nameOf(row.reportName)])),
    html(
      'td',
      { class: 'kind' },
      html('i', { class: `swatch ${row.kind}` }),
      html('span', {}, KIND_NAMES[row.kind]),
    ),
    html('td', { ...CELL, class: 'number' }, figure(row.units)),
  );
}

/** What upstream sent, where the browser's zone rules put the message on another day than the bill does. */
function momentOf({ timestamp, day }: BillRow, clock: Clock): HTMLTimeElement {
  const shown = clock(timestamp);
  const agrees = shown?.startsWith(day) === true;
  const [date = '', minute = ''] = agrees ? shown.split(' ') : [timestamp];
  const whole = (part: string) => html('span', { class: 'whole' }, part);
  return html('time', { datetime: timestamp, title: timestamp }, whole(date), ' ', whole(minute));
}

function nameOf(name: string): Node | string {
  const shown = visible(name);
  return shown === name ? name : html('data', { value: name }, shown);
}
