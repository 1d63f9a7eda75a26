import { DataError } from '../../errors.js';

/**
 * Notices a document that says of itself that it is only one page of the period: a bill of the first page
 * would look whole and be too small.
 */
export function createPageMarks(document: string) {
  let more: string | undefined;
  let total: { key: string; value: number } | undefined;

  return {
    note(key: string, value: unknown): void {
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
