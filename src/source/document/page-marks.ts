import { DataError } from '../../errors.js';

const MARKS = ['has_more', 'next', 'next_page', 'total', 'total_count'];

/**
 * Notices a document that says of itself that it is only one page of the period: a bill of the first page
 * would look whole and be too small.
 */
export function createPageMarks(document: string) {
  const seen = new Set<string>();
  let more: string | undefined;
  let total: { key: string; value: number } | undefined;

  return {
    /** @throws DataError for such a key twice */
    note(key: string, value: unknown): void {
      if (!MARKS.includes(key)) return;
      if (seen.has(key)) throw new DataError(document, 'stands twice', key);
      seen.add(key);
      if (key === 'has_more' && value === true) more = 'has_more is true';
      if ((key === 'next' || key === 'next_page') && typeof value === 'string' && value !== '') {
        more = `${key} names a further page`;
      }
      if ((key === 'total' || key === 'total_count') && typeof value === 'number') total = { key, value };
    },

    /** @throws DataError when the document said that it holds more than the `count` messages read */
    check(count: number): void {
      if (more !== undefined) {
        throw new DataError(document, `is one page of several (${more}); a bill needs the whole period`);
      }
      if (total !== undefined && Number.isInteger(total.value) && total.value > count) {
        throw new DataError(document, `says ${total.key} is ${total.value}, but it holds ${count} messages`);
      }
    },
  };
}
