import { byId, html } from './elements.js';
import { COLUMN_HEADER } from './table-roles.js';
import { COLUMNS, type Column, type SortKey } from './view.js';

const TITLES: Record<Column, string> = {
  message_id: 'Message',
  timestamp: 'Time',
  report_name: 'Report',
  kind: 'Kind',
  credits_used: 'Credits',
};

/** The table's header: a button a column that says how it is sorted. Returns what shows another sort. */
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
      const place = sort.findIndex((key) => key.column === column);
      const key = sort[place];
      cell.ariaSort = key === undefined ? 'none' : key.descending ? 'descending' : 'ascending';
      mark.replaceChildren(...(key === undefined ? [] : marks(key, place + 1)));
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
