import { visible } from '../../format/text.js';
import type { Kind } from '../../usage/pricing/priced-row.js';
import type { BillRow, Total } from '../data/bill.js';
import type { Clock } from '../data/calendar.js';
import { COLUMNS, type Column, type SortKey } from '../data/view.js';
import { byId, countOf, type Figure, html } from './elements.js';

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

const TITLES: Record<Column, string> = {
  message_id: 'Message',
  timestamp: 'Time',
  report_name: 'Report',
  kind: 'Kind',
  credits_used: 'Credits',
};

/** The table's header: a button a column that shows how it is sorted. Returns a function that shows another sort. */
export function columnsInPage(onClick: (column: Column) => void): (sort: readonly SortKey[]) => void {
  const headers = COLUMNS.map((column) => {
    const mark = html('span', { class: 'mark' });
    const button = html('button', { type: 'button' }, html('span', {}, TITLES[column]), mark);
    button.addEventListener('click', () => onClick(column));
    return {
      column,
      mark,
      cell: html('th', { ...COLUMN_HEADER, class: `column ${column}` }, button),
    };
  });
  byId('columns', HTMLTableRowElement).append(...headers.map(({ cell }) => cell));
  return (sort) => {
    for (const { column, mark, cell } of headers) {
      const position = sort.findIndex((key) => key.column === column);
      const key = sort[position];
      cell.ariaSort = key === undefined ? 'none' : key.descending ? 'descending' : 'ascending';
      mark.replaceChildren(...(key === undefined ? [] : marks(key, position + 1)));
    }
  };
}

/** The sort in words: `Credits descending, then Report ascending`; `as received` when there is none. */
export function describeSort(sort: readonly SortKey[]): string {
  const words = sort.map(
    ({ column, descending }) => `${TITLES[column]} ${descending ? 'descending' : 'ascending'}`,
  );
  return words.length === 0 ? 'as received' : words.join(', then ');
}

function marks({ descending }: SortKey, precedence: number): Node[] {
  return [
    html('span', { 'aria-hidden': 'true' }, descending ? '▼' : '▲'),
    html('span', { class: 'unseen' }, ', sort number '),
    html('span', { class: 'precedence' }, String(precedence)),
  ];
}

/**
 * Says outright what the table's parts are: on a narrow screen its rows are grids, and browsers then forget
 * that they are rows.
 */
export function stateTableRoles(): void {
  const table = byId('messages', HTMLTableElement);
  table.role = 'table';
  for (const group of table.querySelectorAll('thead, tbody, tfoot')) group.role = 'rowgroup';
  byId('columns', HTMLTableRowElement).role = 'row';
}

const ROW = { role: 'row' };
const COLUMN_HEADER = { role: 'columnheader', scope: 'col' };
const ROW_HEADER = { role: 'rowheader', scope: 'row' };
const CELL = { role: 'cell' };

/** Makes what scrolls sideways a stop for the Tab key, so that arrows can scroll it, but only while it does. */
export function reachScrolled(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scroller = target.closest('.scroll');
      if (scroller === null) continue;
      if (scroller.scrollWidth > scroller.clientWidth) scroller.setAttribute('tabindex', '0');
      else scroller.removeAttribute('tabindex');
    }
  });
  for (const scroller of document.querySelectorAll('.scroll')) {
    observer.observe(scroller);
    for (const content of scroller.children) observer.observe(content);
  }
}
