import { formatAmount, measure } from '../engine/index.js';
import { instantOf } from '../source/timestamp.js';
import { dayText } from '../usage/day.js';
import { kindOf, type UsageItem } from '../usage/item.js';
import type { TimeZone } from '../usage/time-zone.js';
import type { FieldName } from './field-names.js';
import type { RowBytes } from './row-bytes.js';

/** How one field of a row is read. */
export interface Field {
  readonly name: FieldName;
  /** What the field says, or undefined where the row has none. */
  readonly value: (item: UsageItem) => string | undefined;
  /**
   * `number`: the value is a JSON number's text. `plain`: text of digits, letters and `-:.+` only, which no
   * format needs to escape. `text`: anything at all, from upstream.
   */
  readonly type: (item: UsageItem) => 'number' | 'plain' | 'text';
  /** For a field that every row has and no format needs to escape: writes the same without making a string. */
  readonly put?: {
    readonly write: (item: UsageItem, out: RowBytes) => void;
    /** Whether JSON puts it in quotes. */
    readonly quoted: boolean;
  };
}

const always =
  <Type extends ReturnType<Field['type']>>(type: Type) =>
  () =>
    type;

/** @param zone where `date` is the local day */
export function fieldsOf(names: readonly FieldName[], zone: TimeZone): Field[] {
  const readers: Record<FieldName, Omit<Field, 'name'>> = {
    message_id: {
      value: ({ message }) => `${message.id}`,
      type: always('number'),
      put: {
        write: ({ message: { id } }, out) => (typeof id === 'number' ? out.integer(id) : out.ascii(`${id}`)),
        quoted: false,
      },
    },
    timestamp: {
      value: ({ message }) => message.timestamp,
      type: always('plain'),
      put: {
        write({ message }, out) {
          const { place } = message;
          if (place === undefined) out.ascii(message.timestamp);
          else out.range(place.chunk.view, place.timestampStart, place.timestampEnd);
        },
        quoted: true,
      },
    },
    report_name: { value: (item) => item.report?.name, type: always('text') },
    credits_used: {
      value: ({ credits }) => formatAmount(credits),
      type: always('number'),
      put: { write: ({ credits }, out) => out.ascii(formatAmount(credits)), quoted: false },
    },
    report_id: {
      value: ({ message }) => (message.reportId === undefined ? undefined : `${message.reportId}`),
      type: ({ message }) => (typeof message.reportId === 'string' ? 'text' : 'number'),
    },
    kind: { value: kindOf, type: always('plain') },
    date: {
      value: ({ message }) => dayText(zone.dayOf(instantOf(message.timestamp))),
      type: always('plain'),
    },
    characters: { value: ({ message }) => `${measure(message.text).characters}`, type: always('number') },
    text: { value: ({ message }) => message.text, type: always('text') },
  };
  return names.map((name) => ({ name, ...readers[name] }));
}
