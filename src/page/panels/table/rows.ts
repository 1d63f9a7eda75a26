import type { Column } from '../../../format/page/bill-data.js';
import type { BillRow, Total } from '../../data/bill.js';
import type { Clock } from '../../data/calendar.js';
import { COLUMNS } from '../../view/columns.js';
import { byId, countOf, type Figures, html } from '../../view/elements.js';
import { oneTabStop } from '../../view/tab-stop.js';

/**
 * What the table's parts are, said outright: on a narrow screen its rows are grids, and browsers then forget that they
 * are rows.
 */
export const ROLES = {
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
