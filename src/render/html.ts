import type { PageMeta, PageRow } from '../page/contract.js';
import { encodeRow } from '../page/contract.js';
import type { PageShell } from './page-shell.js';

export type { PageMeta, PageRow };

/**
 * One self-contained page, piece by piece: `head`, `rows` for each batch, `tail`. What is only known at the end
 * (the total, the count, the first and last message) comes with `tail`, so that a page is written as its rows
 * are priced.
 */
export interface HtmlRenderer {
  head(): string;
  /** One block of data. A batch of some thousand rows keeps the pieces small. */
  rows(rows: readonly PageRow[]): string;
  /** Without the tail the page has no script and shows no figure: a file that was cut is no bill. */
  tail(meta: PageMeta): string;
}

export function htmlRenderer(shell: PageShell): HtmlRenderer {
  return {
    head: () => shell.head,
    rows: (rows) => (rows.length === 0 ? '' : block('rows', rows.map(encodeRow))),
    tail: (meta) => block('meta', meta) + shell.tail,
  };
}

/**
 * Data the browser does not run. Without a `<` in it no text can end the element, or open a comment in which
 * the end would not be seen.
 */
function block(name: string, data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<script type="application/json" data-block="${name}">${json}</script>\n`;
}
