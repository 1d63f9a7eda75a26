import { dayNumber, dayText } from '../../calendar/days.js';
import { COLUMN_NAMES, type Column, KINDS } from '../../format/page/bill-data.js';
import type { Kind } from '../../usage/pricing/priced-row.js';

export interface SortKey {
  readonly column: Column;
  readonly descending: boolean;
}

/** Everything a link to the page reproduces. */
export interface View {
  /** Precedence order; empty is 'as received'. */
  readonly sort: readonly SortKey[];
  /** Searched for in ids, report names and, where the page has them, texts. */
  readonly text: string;
  readonly kind: Kind | undefined;
  /** The id of the report that a message names. */
  readonly report: string | undefined;
  /** Days, both inclusive. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** From 1. */
  readonly page: number;
}

export function isFiltered(view: View): boolean {
  const { kind, report, from, to } = view;
  return view.text !== '' || [kind, report, from, to].some((value) => value !== undefined);
}

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
  if (view.report !== undefined) query.set('report', view.report);
  if (view.from !== undefined) query.set('from', dayText(view.from));
  if (view.to !== undefined) query.set('to', dayText(view.to));
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
    report: query.get('report') ?? undefined,
    from: dayNumber(query.get('from') ?? ''),
    to: dayNumber(query.get('to') ?? ''),
    page: parsePage(query.get('page')),
  };
}

function parseSort(values: readonly string[]): SortKey[] {
  const keys = new Map<string, SortKey>();
  for (const value of values) {
    const [name, direction] = value.split('.');
    const column = COLUMN_NAMES.find((known) => known === name);
    if (column === undefined || (direction !== 'asc' && direction !== 'desc') || keys.has(column)) continue;
    keys.set(column, { column, descending: direction === 'desc' });
  }
  return [...keys.values()];
}

function parsePage(text: string | null): number {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 1;
}

/**
 * How a change enters the history: `push` so that Back undoes it, `replace` for the next letter of a word that
 * is being typed.
 */
export type Change = 'push' | 'replace';

export function navigateByFragment() {
  let current = parseView(location.hash);
  return {
    view: (): View => current,
    /** Changes the address; the caller draws. A view that is there already leaves the history as it is. */
    go(view: View, change: Change): void {
      const before = formatView(current);
      current = view;
      if (formatView(view) !== before) enter(location.pathname + location.search + formatView(view), change);
    },
    /** Calls `draw` after Back, Forward, or an address edited by hand. */
    onMove(draw: () => void): void {
      addEventListener('popstate', () => {
        current = parseView(location.hash);
        draw();
      });
    },
  };
}

/** A browser refuses addresses that change too often (Safari: 100 in 30 s). The page then goes on without. */
function enter(address: string, change: Change): void {
  try {
    if (change === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'SecurityError')) throw error;
  }
}
