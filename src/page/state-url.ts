import { parseDay } from './calendar.js';
import { KINDS } from './contract.js';
import { COLUMNS, type SortKey, type View } from './view.js';

/*
 * The view lives in the fragment (`#sort=credits_used.desc&kind=text`): it works in a file as over HTTP, and
 * no server's log learns what was searched for.
 */

/** The fragment for `view`, with its `#`; '' for the whole bill as received. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  for (const { column, descending } of view.sort) {
    query.append('sort', `${column}.${descending ? 'desc' : 'asc'}`);
  }
  if (view.text !== '') query.set('q', view.text);
  if (view.kind !== undefined) query.set('kind', view.kind);
  if (view.from !== undefined) query.set('from', view.from);
  if (view.to !== undefined) query.set('to', view.to);
  if (view.page !== 1) query.set('page', String(view.page));
  const text = query.toString();
  return text === '' ? '' : `#${text}`;
}

/** The view of a fragment. A part that means nothing is left out, so that an old or mistyped link still opens. */
export function parseView(fragment: string): View {
  const query = new URLSearchParams(fragment.replace(/^#/, ''));
  const kind = query.get('kind');
  return {
    sort: parseSort(query.getAll('sort')),
    text: query.get('q') ?? '',
    kind: KINDS.find((known) => known === kind),
    from: parseDay(query.get('from') ?? ''),
    to: parseDay(query.get('to') ?? ''),
    page: parsePage(query.get('page')),
  };
}

function parseSort(values: readonly string[]): SortKey[] {
  const keys = new Map<string, SortKey>();
  for (const value of values) {
    const [name, direction] = value.split('.');
    const column = COLUMNS.find((known) => known === name);
    if (column === undefined || (direction !== 'asc' && direction !== 'desc') || keys.has(column)) continue;
    keys.set(column, { column, descending: direction === 'desc' });
  }
  return [...keys.values()];
}

function parsePage(text: string | null): number {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 1;
}
