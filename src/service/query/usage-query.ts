import { type GivenAs, readSelection, readValue } from '../../config/read-selection.js';
import { oneOf } from '../../config/value.js';
import type { Selection } from '../../usage/selection.js';
import { isTimeZone, type TimeZone } from '../../usage/time-zone.js';
import { BILL_FORMATS, type BillFormat } from '../bill/formats.js';
import { badQuery } from '../problem.js';
import { type Bookmark, readCursor } from './cursor.js';

export const PARAMETERS = [
  'since',
  'until',
  'timezone',
  'report',
  'kind',
  'sort',
  'desc',
  'limit',
  'offset',
  'cursor',
  'format',
] as const;

/** A query of `/usage`, checked. */
export interface UsageQuery {
  readonly selection: Selection;
  readonly zone: TimeZone;
  /** Undefined: the Accept header decides. */
  readonly format: BillFormat | undefined;
  /** The page begins after this row. */
  readonly after: Bookmark | undefined;
}

/** A query's texts by name, each given once. */
export type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>;

const AS_PARAMETERS: GivenAs = { show: (name) => name, refuse: badQuery };

/** @throws Refusal (400) for a parameter that is unknown or stands twice */
export function checkParameters(query: unknown): Parameters {
  const known: readonly string[] = PARAMETERS;
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(query ?? {})) {
    if (!known.includes(name)) throw badQuery(name, `no such parameter; there are ${known.join(', ')}`);
    if (typeof value !== 'string') throw badQuery(name, 'stands twice');
    texts[name] = value;
  }
  return texts;
}

/**
 * Reads a query with the parsers of the flags.
 *
 * @param openZone gives the zone of a name that is one
 * @throws Refusal (400) that names the parameter
 */
export async function readUsageQuery(
  given: Parameters,
  defaultZone: TimeZone,
  openZone: (name: string) => Promise<TimeZone>,
): Promise<UsageQuery> {
  const { timezone, format, cursor } = given;
  if (timezone !== undefined && !isTimeZone(timezone)) {
    throw badQuery('timezone', 'expected an IANA time zone such as Europe/London or UTC');
  }
  const zone = timezone === undefined ? defaultZone : await openZone(timezone);
  const selection = readSelection({ ...given, desc: isDescending(given.desc) }, zone, AS_PARAMETERS);
  if (cursor !== undefined && given.offset !== undefined) {
    throw badQuery('offset', 'the cursor already says where the page begins');
  }
  return {
    selection,
    zone,
    format:
      format === undefined ? undefined : readValue('format', format, oneOf(BILL_FORMATS), AS_PARAMETERS),
    after: cursor === undefined ? undefined : readCursor(cursor, selection),
  };
}

function isDescending(text: string | undefined): true | undefined {
  if (text === undefined || text === 'false') return undefined;
  if (text === '' || text === 'true') return true;
  throw badQuery('desc', 'expected true or false');
}
