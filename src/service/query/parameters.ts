import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { isTimeZone, openTimeZone, type TimeZone } from '../../calendar/time-zone.js';
import { type GivenAs, readSelection, readValue } from '../../config/read-selection.js';
import { oneOf, type Parse } from '../../config/value.js';
import { DATA_FORMATS, type DataFormat, declarationOf } from '../../format/formats.js';
import { FIELDS } from '../../format/rows.js';
import { KINDS } from '../../usage/pricing/priced-row.js';
import { readsText, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { GROUPINGS } from '../../usage/summary/groups.js';
import { badQuery, Refusal } from '../shared/problem.js';
import { readCursor } from './walk.js';

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

/** Errors name a value by its parameter. */
const AS_PARAMETERS: GivenAs = { show: (name) => name, refuse: badQuery };

/**
 * For Fastify: gives a query's texts by name, as its schema allows: no other names, and each once but for lists, whose parts are joined by
 * commas. Values are left to the parsers, so that the command line and the service refuse the same ones in the same words.
 */
export function createQueryCheck({ properties }: QuerySchema<string>) {
  const schemas = new Map<string, ParameterSchema>(Object.entries(properties));
  const names = [...schemas.keys()].join(', ') || 'none';
  return (query: unknown): { value: Readonly<Record<string, string>> } | { error: Refusal } => {
    const given: Record<string, string> = {};
    for (const [name, value] of Object.entries(query ?? {})) {
      const schema = schemas.get(name);
      if (schema === undefined) return { error: badQuery(name, `no such parameter; there are ${names}`) };
      if (typeof value === 'string') given[name] = value;
      else if (schema.type === 'array' && Array.isArray(value)) given[name] = value.join(',');
      else return { error: badQuery(name, 'is given twice') };
    }
    return { value: given };
  };
}

/** @throws Refusal (400) */
export function readParameter<Value>(
  name: string,
  text: string | undefined,
  parse: Parse<Value>,
): Value | undefined {
  return text === undefined ? undefined : readValue(name, text, parse, AS_PARAMETERS);
}

/** Zones cached with their table of offsets for the next query. */
const MOST_ZONES = 16;

/** Gives the zone that `timezone` names, or the service's own. It throws Refusal (400). */
export function createZoneReader(own: TimeZone) {
  const zones = new LRUCache<string, TimeZone>({ max: MOST_ZONES });
  return (timezone: string | undefined): TimeZone => {
    if (timezone === undefined) return own;
    if (!isTimeZone(timezone)) {
      throw badQuery('timezone', 'expected an IANA time zone such as Europe/London or UTC');
    }
    const zone = zones.get(timezone) ?? openTimeZone(timezone);
    zones.set(timezone, zone);
    return zone;
  };
}

export type ZoneReader = ReturnType<typeof createZoneReader>;

/** The parameters of `/usage` and `/summary`, as texts. */
export type UsageParameters = QueryOf<typeof USAGE_QUERY>;
export type SummaryParameters = QueryOf<typeof SUMMARY_QUERY>;
type Filters = Pick<UsageParameters, keyof UsageParameters & keyof SummaryParameters>;

/** Reads the filters with the parsers of the flags. @throws Refusal (400) that names the parameter */
export function readFilters(given: Filters, readZone: ZoneReader) {
  const zone = readZone(given.timezone);
  return { zone, selection: readSelection(given, zone, AS_PARAMETERS) };
}

/** The filters and the order, and after which row the page begins. @throws Refusal (400) that names the parameter */
export function readUsageQuery(given: UsageParameters, readZone: ZoneReader) {
  const zone = readZone(given.timezone);
  const selection = readSelection({ ...given, desc: isDescending(given.desc) }, zone, AS_PARAMETERS);
  const { cursor, offset } = given;
  if (cursor !== undefined && offset !== undefined) {
    throw badQuery('offset', 'the cursor already says where the page begins');
  }
  return { selection, zone, after: cursor === undefined ? undefined : readCursor(cursor, selection) };
}

function isDescending(text: string | undefined): true | undefined {
  if (text === undefined || text === 'false') return undefined;
  if (text === '' || text === 'true') return true;
  throw badQuery('desc', 'expected true or false');
}

/** How the service writes CSV and TSV: as the command line does by default. */
export const DELIMITED_OPTIONS = { delimiter: ',', bom: false, formulaGuard: true } as const;

/** The headers of an answer in a format, which the Accept header may choose. */
export function headersOf(format: DataFormat): Readonly<Record<string, string>> {
  const { mediaType, binary, parameters } = declarationOf(format);
  const more = parameters === undefined ? '' : `; ${parameters}`;
  return {
    'content-type': binary ? mediaType : `${mediaType}; charset=utf-8${more}`,
    vary: 'accept, accept-encoding',
  };
}

/** What `?format=` says, else the Accept header. @throws Refusal (400, 406) */
export function wantedFormat(request: FastifyRequest, parameter: string | undefined): DataFormat {
  const given = readParameter('format', parameter, oneOf(DATA_FORMATS));
  if (given !== undefined) return given;
  const { accept } = request.headers;
  if (accept === undefined || accept.trim() === '') return 'json';
  // The one for `Accept: *` first.
  const offered = DATA_FORMATS.map((each) => declarationOf(each).mediaType);
  const wanted = new Negotiator({ headers: { accept: withoutParameters(accept) } }).mediaType(offered);
  const format = DATA_FORMATS.find((each) => declarationOf(each).mediaType === wanted);
  if (format !== undefined) return format;
  const detail = `there is ${offered.join(', ')}`;
  throw new Refusal(406, 'not_acceptable', detail, { vary: 'accept' });
}

/** Every format has one form only, so that of a range's parameters none counts but the weight `q`. */
function withoutParameters(accept: string): string {
  const ranges = accept.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return ranges
    .map((range) => {
      const [type = '', ...parameters] = range.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
      const weight = parameters.find((parameter) => /^\s*q\s*=/i.test(parameter));
      return weight === undefined ? type : `${type};${weight.replaceAll(/\s/g, '')}`;
    })
    .join(',');
}
