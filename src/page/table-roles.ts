import { byId } from './elements.js';

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

export const ROW = { role: 'row' };
export const COLUMN_HEADER = { role: 'columnheader', scope: 'col' };
export const ROW_HEADER = { role: 'rowheader', scope: 'row' };
export const CELL = { role: 'cell' };
