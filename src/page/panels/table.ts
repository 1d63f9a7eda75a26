import type { BillRow, Total } from '../data/bill.js';
import type { Clock } from '../data/calendar.js';
import { COLUMN_NAMES, COLUMNS, type Column } from '../view/columns.js';
import { byId, countOf, type Figure, html } from '../view/elements.js';
import type { SortKey } from '../view/view.js';

/**
 * Returns a function that puts `rows` into the table, and the total of all rows that the filter leaves under them. The
 * id of a row is a button that opens its explanation; all of them are one stop for the Tab key, and ↑ ↓ go on.
 */
export function rowsInPage(
  clock: Clock,
  figure: Figure,
  explain: (row: BillRow) => readonly HTMLElement[],
): (rows: readonly BillRow[], total: Total) => void {
  const body = byId('rows', HTMLTableSectionElement);
  /** The rows whose explanation is open, by their index. */
  const open = new Set<number>();
  const buttons = (): HTMLElement[] => [...body.querySelectorAll<HTMLElement>('.open')];
  const makeStop = (index: number) => {
    if (index === -1) return;
    for (const [each, button] of buttons().entries()) button.tabIndex = each === index ? 0 : -1;
  };
  const indexOf = (target: EventTarget | null) =>
    target instanceof HTMLElement ? buttons().indexOf(target) : -1;
  body.addEventListener('focusin', ({ target }) => makeStop(indexOf(target)));
  body.addEventListener('keydown', (event) => {
    const index = indexOf(event.target);
    const goal = { ArrowUp: index - 1, ArrowDown: index + 1 }[event.key];
    if (index === -1 || goal === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    buttons()[goal]?.focus();
  });

  const explained = (row: BillRow) =>
    html(
      'tr',
      { ...ROW, class: 'explanation' },
      html('td', { ...CELL, colspan: COLUMN_NAMES.length }, ...explain(row)),
    );
  const rowsOf = (row: BillRow): HTMLTableRowElement[] => {
    const button = html('button', {
      type: 'button',
      class: 'open',
      title: 'How this price came about',
      'aria-expanded': String(open.has(row.index)),
    });
    const shown = rowOf(row, clock, figure, button);
    button.addEventListener('click', () => {
      const opens = !open.has(row.index);
      button.ariaExpanded = String(opens);
      if (opens) {
        open.add(row.index);
        shown.after(explained(row));
      } else {
        open.delete(row.index);
        shown.nextElementSibling?.remove();
      }
    });
    return open.has(row.index) ? [shown, explained(row)] : [shown];
  };

  return (rows, total) => {
    const shown = rows.flatMap(rowsOf);
    body.replaceChildren(...(shown.length === 0 ? [noRow()] : shown));
    makeStop(0);
    showTotal(total, figure);
  };
}

function showTotal(total: Total, figure: Figure): void {
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

/** @param button opens the row; its text is that of the first cell */
function rowOf(row: BillRow, clock: Clock, figure: Figure, button: HTMLButtonElement): HTMLTableRowElement {
  const cells = COLUMN_NAMES.map((name, index) => {
    const column = COLUMNS[name];
    const content = column.cell(row, clock, figure);
    if (index === 0) {
      button.append(...content);
      return html('th', { ...ROW_HEADER, class: column.class }, button);
    }
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
