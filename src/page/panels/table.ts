import type { BillRow, Total } from '../data/bill.js';
import type { Clock } from '../data/calendar.js';
import { COLUMN_NAMES, COLUMNS, type Column } from '../view/columns.js';
import { byId, countOf, type Figure, html } from '../view/elements.js';
import type { SortKey } from '../view/view.js';

/** Puts `rows` into the table, and the total of all rows that the filter leaves under them. */
export function showRows(rows: readonly BillRow[], total: Total, clock: Clock, figure: Figure): void {
  const shown = rows.map((row) => rowOf(row, clock, figure));
  byId('rows', HTMLTableSectionElement).replaceChildren(...(shown.length === 0 ? [noRow()] : shown));
  byId('foot', HTMLTableSectionElement).replaceChildren(
    html(
      'tr',
      ROW,
      html(
        'th',
        { ...ROW_HEADER, colspan: COLUMN_NAMES.length - 1 },
        `Total of ${countOf(total.count, 'message')}`,
      ),
      html('td', { ...CELL, class: 'number' }, figure(total.units)),
    ),
  );
}

function noRow(): HTMLTableRowElement {
  return html(
    'tr',
    ROW,
    html('td', { ...CELL, class: 'none', colspan: COLUMN_NAMES.length }, 'No message matches the filter.'),
  );
}

function rowOf(row: BillRow, clock: Clock, figure: Figure): HTMLTableRowElement {
  const cells = COLUMN_NAMES.map((name, index) => {
    const column = COLUMNS[name];
    const content = column.cell(row, clock, figure);
    if (index === 0) return html('th', { ...ROW_HEADER, class: column.class }, ...content);
    return html('td', { ...CELL, class: column.class }, ...content);
  });
  return html('tr', ROW, ...cells);
}

/** The table's header: a button a column that shows how it is sorted. Returns a function that shows another sort. */
export function columnsInPage(onClick: (column: Column) => void): (sort: readonly SortKey[]) => void {
  const headers = COLUMN_NAMES.map((column) => {
    const mark = html('span', { class: 'mark' });
    const button = html('button', { type: 'button' }, html('span', {}, COLUMNS[column].title), mark);
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
    ({ column, descending }) => `${COLUMNS[column].title} ${descending ? 'descending' : 'ascending'}`,
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
