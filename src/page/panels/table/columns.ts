import type { Column } from '../../../format/page/bill-data.js';
import { COLUMNS } from '../../view/columns.js';
import { byId, html } from '../../view/elements.js';
import type { SortKey } from '../../view/view.js';
import { ROLES } from './rows.js';

/** The table's header: a button a column that shows how it is sorted. Returns a function that shows another sort. */
export function columnsInPage(
  columns: readonly Column[],
  onClick: (column: Column) => void,
): (sort: readonly SortKey[]) => void {
  const headers = columns.map((column) => {
    const mark = html('span', { class: 'mark' });
    const button = html('button', { type: 'button' }, html('span', {}, COLUMNS[column].title), mark);
    button.addEventListener('click', () => onClick(column));
    return {
      column,
      mark,
      cell: html('th', { ...ROLES.columnHeader, class: `column ${COLUMNS[column].class}` }, button),
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
