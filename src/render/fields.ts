import { createDayTexts } from '../calendar/days.js';
import { instantOf } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import { formatAmount, measure } from '../engine/index.js';
import { kindOf, type UsageItem } from '../usage/pricing/priced-row.js';
import type { FieldName } from './field-names.js';
import type { PlainValue } from './plain-value.js';

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
  /** For a field that `putPlainValue` writes as well, and faster. */
  readonly plain?: PlainValue;
}

const always =
  <Type extends ReturnType<Field['type']>>(type: Type) =>
  () =>
    type;

/** @param zone where `date` is the local day */
export function fieldsOf(names: readonly FieldName[], zone: TimeZone): Field[] {
  const dayTextOf = createDayTexts();
  const readers: Record<FieldName, Omit<Field, 'name'>> = {
    message_id: {
      value: ({ message }) => `${message.id}`,
      type: always('number'),
      plain: 'message_id',
    },
    timestamp: {
      value: ({ message }) => message.timestamp,
      type: always('plain'),
      plain: 'timestamp',
    },
    report_name: { value: (item) => item.report?.name, type: always('text') },
    credits_used: {
      value: ({ credits }) => formatAmount(credits),
      type: always('number'),
      plain: 'credits_used',
    },
    report_id: {
      value: ({ message }) => (message.reportId === undefined ? undefined : `${message.reportId}`),
      type: ({ message }) => (typeof message.reportId === 'string' ? 'text' : 'number'),
    },
    kind: { value: kindOf, type: always('plain') },
    date: {
      value: ({ message }) => dayTextOf(zone.dayOf(instantOf(message.timestamp))),
      type: always('plain'),
    },
    characters: { value: ({ message }) => `${measure(message.text).characters}`, type: always('number') },
    text: { value: ({ message }) => message.text, type: always('text') },
  };
  return names.map((name) => ({ name, ...readers[name] }));
}
