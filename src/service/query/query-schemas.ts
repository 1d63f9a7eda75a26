import { DATA_FORMATS } from '../../format/formats.js';
import { FIELDS } from '../../format/rows.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { readsText, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { GROUPINGS } from '../../usage/summary/groups.js';

/** What a query may hold. Its shape is checked by `createQueryCheck`, the values by the parsers of the command line. */
export interface QuerySchema<Name extends string> {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<Name, ParameterSchema>>;
}

export interface ParameterSchema {
  /** An array is given by a comma between, or by the parameter several times; others are given once. */
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/** A query's texts by name. */
export type QueryOf<Schema> =
  Schema extends QuerySchema<infer Name> ? Readonly<Partial<Record<Name, string>>> : never;

const INSTANT = { type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] } as const;

const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Not blank, and without control characters. */
const PLAIN_TEXT = '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$';

const FILTERS = {
  since: { ...INSTANT, description: 'From this date or RFC 3339 instant on' },
  until: { ...INSTANT, description: 'Before this instant; a date includes that day' },
  timezone: { type: 'string', format: 'iana-time-zone', description: 'IANA time zone in which days begin' },
  report: { type: 'string', pattern: PLAIN_TEXT, description: 'Id or name of a report' },
  kind: { type: 'string', enum: KINDS, description: 'What priced the message' },
} as const;

const FORMAT = { type: 'string', enum: DATA_FORMATS, description: 'Instead of the Accept header' } as const;

const GROUPING_PAIRS = GROUPINGS.flatMap((first) =>
  GROUPINGS.filter((second) => second !== first).map((second) => `${first},${second}`),
);

/** Texts are shown by `/usage/{message_id}` alone. */
export const SHOWN_FIELDS = FIELDS.filter((name) => !readsText(name));

export const USAGE_QUERY = querySchema({
  ...FILTERS,
  fields: {
    type: 'array',
    items: { type: 'string', enum: SHOWN_FIELDS },
    minItems: 1,
    uniqueItems: true,
    description: `Of each row, given several times or with commas between: ${SHOWN_FIELDS.join(', ')}. cost and currency where a credit has a price`,
  },
  sort: { type: 'string', enum: SORT_FIELDS, description: 'Instead of the order of upstream' },
  desc: { type: 'boolean', description: 'With sort: largest first; `desc` alone is true' },
  limit: { ...COUNT, description: 'Rows of a page; the Link header names the next one' },
  offset: { ...COUNT, description: 'Rows left out before the page' },
  cursor: { type: 'string', minLength: 1, description: 'From the Link header: the page after another' },
  format: FORMAT,
});

export const SUMMARY_QUERY = querySchema({
  ...FILTERS,
  by: {
    type: 'array',
    items: { type: 'string' },
    minItems: 1,
    anyOf: [
      { items: { enum: GROUPINGS }, uniqueItems: true, maxItems: 2 },
      { items: { enum: GROUPING_PAIRS }, maxItems: 1 },
    ],
    description: `One or two of ${GROUPINGS.join(', ')}: given twice, or with a comma between`,
  },
  format: FORMAT,
});

export const PAGE_QUERY = querySchema({ timezone: FILTERS.timezone });

export const NO_QUERY = querySchema({});

function querySchema<const Properties extends Readonly<Record<string, ParameterSchema>>>(
  properties: Properties,
): QuerySchema<Extract<keyof Properties, string>> {
  return { type: 'object', additionalProperties: false, properties };
}
