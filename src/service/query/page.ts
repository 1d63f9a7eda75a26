import type { UsageItem } from '../../usage/item.js';
import type { Selection } from '../../usage/selection.js';
import { Refusal } from '../problem.js';
import { type Bookmark, bookmarkOf } from './cursor.js';

/** One page of rows, and where the next one begins. */
export interface Page {
  /** What to read for it. */
  readonly selection: Selection;
  /** The page's rows of those that were read. Throws Refusal (410) where the bookmark's row is gone or moved. */
  rows(batches: AsyncIterable<UsageItem[]>): AsyncGenerator<UsageItem[]>;
  /** The page's last row where more follow it. Ask after the last batch. */
  last(): Bookmark | undefined;
}

/**
 * Pages follow each other by the row that the last one ended with, not by counting: what upstream adds meanwhile
 * neither shifts a row out of the next page nor brings one back.
 */
export function createPage(selection: Selection, after: Bookmark | undefined): Page {
  const { limit } = selection;
  let last: UsageItem | undefined;
  let more = false;

  function beyondBookmark(items: UsageItem[], { id, place }: Bookmark): UsageItem[] | undefined {
    const index = items.findIndex(({ message }) => String(message.id) === id);
    const item = items[index];
    if (item === undefined) return undefined;
    if (bookmarkOf(item, selection).place !== place) throw lostPlace();
    return items.slice(index + 1);
  }

  return {
    selection: readFor(selection, after),
    async *rows(batches) {
      let sought = after;
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const items of batches) {
        const found = sought === undefined ? items : beyondBookmark(items, sought);
        if (found === undefined) continue;
        sought = undefined;
        if (found.length > left) more = true;
        const rows = found.length > left ? found.slice(0, left) : found;
        left -= rows.length;
        last = rows.at(-1) ?? last;
        if (rows.length > 0) yield rows;
      }
      if (sought !== undefined) throw lostPlace();
    },
    last: () => (more && last !== undefined ? bookmarkOf(last, selection) : undefined),
  };
}

/** One row more than the page has, to know whether another page follows; all of them where a row is sought. */
function readFor({ limit, ...selection }: Selection, after: Bookmark | undefined): Selection {
  if (after !== undefined || limit === undefined) return selection;
  return { ...selection, limit: limit + 1 };
}

function lostPlace(): Refusal {
  return new Refusal(
    410,
    'cursor_gone',
    'the row that the cursor stands for is gone or has moved in the order; begin again without a cursor',
  );
}
