import { formatAmount } from '../engine/index.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import type { RowBytes } from './row-bytes.js';

/** A field that every row has and no format needs to escape. */
export type PlainValue = 'message_id' | 'timestamp' | 'credits_used';

/**
 * Writes the value without making a string of it. One function for all of them, and not one each: a call that may go
 * to many functions is never compiled into its caller, and these are most of what writing a row costs.
 */
export function putPlainValue(value: PlainValue, { message, credits }: UsageItem, out: RowBytes): void {
  switch (value) {
    case 'message_id':
      if (typeof message.id === 'number') out.integer(message.id);
      else out.ascii(`${message.id}`);
      return;
    case 'timestamp': {
      const { place } = message;
      if (place === undefined) out.ascii(message.timestamp);
      else out.range(place.chunk.view, place.timestampStart, place.timestampEnd);
      return;
    }
    case 'credits_used':
      out.ascii(formatAmount(credits));
  }
}
