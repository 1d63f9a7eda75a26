import { csvDialect, headOf } from '../../../format/data/dialect.js';
import type { Column } from '../../../format/page/bill-data.js';
import type { BillRow, Total } from '../../data/bill.js';
import type { Clock } from '../../data/texts.js';
import { COLUMNS } from '../../view/columns.js';
import { byId, countOf, type Figures, html, oneTabStop } from '../../view/elements.js';
import type { SortKey } from '../../view/view.js';

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

/**
 * What the table's parts are: on a narrow screen its rows are grids, and browsers then forget that they
 * are rows.
 */
const ROLES = {
  row: { role: 'row' },
  columnHeader: { role: 'columnheader', scope: 'col' },
  rowHeader: { role: 'rowheader', scope: 'row' },
  cell: { role: 'cell' },
} as const;

/** The same for the parts that page.html has. */
export function stateTableRoles(): void {
  const table = byId('messages', HTMLTableElement);
  table.role = 'table';
  for (const group of table.querySelectorAll('thead, tbody, tfoot')) group.role = 'rowgroup';
  byId('columns', HTMLTableRowElement).role = 'row';
}

/** What the rows are shown with. */
export interface RowView {
  readonly columns: readonly Column[];
  readonly clock: Clock;
  readonly figures: Figures;
  /** What an open row shows under it. */
  readonly explain: (row: BillRow) => readonly HTMLElement[];
}

/**
 * Returns a function that puts `rows` into the table, and the total of all rows that the filter leaves under them. The
 * id of a row is a button that opens its explanation; all of them are one stop for the Tab key, and ↑ ↓ go on.
 */
export function rowsInPage(view: RowView): (rows: readonly BillRow[], total: Total) => void {
  const body = byId('rows', HTMLTableSectionElement);
  /** The rows whose explanation is open, by their index. */
  const open = new Set<number>();
  const makeStop = oneTabStop(body, '.unfold');

  const openable = (row: BillRow): HTMLTableRowElement[] => {
    const [shown, button] = rowOf(row, view);
    button.ariaExpanded = String(open.has(row.index));
    button.addEventListener('click', () => {
      const opens = !open.has(row.index);
      button.ariaExpanded = String(opens);
      if (opens) {
        open.add(row.index);
        shown.after(explained(row, view));
      } else {
        open.delete(row.index);
        shown.nextElementSibling?.remove();
      }
    });
    return open.has(row.index) ? [shown, explained(row, view)] : [shown];
  };

  return (rows, total) => {
    body.replaceChildren(...(rows.length === 0 ? [noRow(view)] : rows.flatMap(openable)));
    makeStop();
    byId('foot', HTMLTableSectionElement).replaceChildren(totalRow(total, view));
  };
}

/** A row, and the button in its first cell. */
function rowOf(row: BillRow, { columns, clock, figures }: RowView): [HTMLTableRowElement, HTMLButtonElement] {
  const button = html('button', { type: 'button', class: 'unfold', title: 'How this price came about' });
  const cells = columns.map((name, index) => {
    const column = COLUMNS[name];
    const content = column.cell(row, clock, figures);
    if (index > 0) return html('td', { ...ROLES.cell, class: `${column.class} ${name}` }, ...content);
    button.append(...content);
    return html('th', { ...ROLES.rowHeader, class: column.class }, button);
  });
  return [html('tr', ROLES.row, ...cells), button];
}

function explained(row: BillRow, { columns, explain }: RowView): HTMLTableRowElement {
  const cell = html('td', { ...ROLES.cell, colspan: columns.length }, ...explain(row));
  return html('tr', { ...ROLES.row, class: 'explanation' }, cell);
}

function noRow({ columns }: RowView): HTMLTableRowElement {
  const cell = { ...ROLES.cell, class: 'none', colspan: columns.length };
  return html('tr', ROLES.row, html('td', cell, 'No message matches the filter.'));
}

function totalRow(total: Total, { columns, figures }: RowView): HTMLTableRowElement {
  const sums: Partial<Record<Column, HTMLElement>> = {
    credits_used: figures.credits(total.units),
    cost: figures.invoice(total.costUnits),
  };
  const summed = columns.flatMap((name) => {
    const sum = sums[name];
    return sum === undefined ? [] : [html('td', { ...ROLES.cell, class: `number ${name}` }, sum)];
  });
  const title = `Total of ${countOf(total.count, 'message')}`;
  const head = html('th', { ...ROLES.rowHeader, colspan: columns.length - summed.length }, title);
  return html('tr', ROLES.row, head, ...summed);
}

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
