import type { TimeZone } from '../../calendar/time-zone.js';
import { readSelection } from '../../config/read-selection.js';
import type { RowQuery } from '../../usage/rows/row-query.js';
import { badQuery } from '../shared/problem.js';
import { readCursor } from './cursor.js';
import { AS_PARAMETERS, readZone } from './parameters.js';
import type { QueryOf, SUMMARY_QUERY, USAGE_QUERY } from './query-schemas.js';
import type { WalkState } from './walk.js';
import type { ZoneStore } from './zone-store.js';

/** The parameters of `/usage` and `/summary`, as texts. */
export type UsageParameters = QueryOf<typeof USAGE_QUERY>;
export type SummaryParameters = QueryOf<typeof SUMMARY_QUERY>;
type Filters = Pick<UsageParameters, keyof UsageParameters & keyof SummaryParameters>;

/** Which rows of the period are wanted. */
export interface RowsQuery {
  readonly selection: RowQuery;
  readonly zone: TimeZone;
}

/** A query of `/usage`, checked. */
export interface UsageQuery extends RowsQuery {
  /** The page goes on from here. */
  readonly after: WalkState | undefined;
}

/** Reads the filters with the parsers of the flags. @throws Refusal (400) that names the parameter */
export function readFilters(given: Filters, zones: ZoneStore): RowsQuery {
  const zone = readZone(given.timezone, zones);
  return { zone, selection: readSelection(given, zone, AS_PARAMETERS) };
}

/** @throws Refusal (400) that names the parameter */
export function readUsageQuery(given: UsageParameters, zones: ZoneStore): UsageQuery {
  const zone = readZone(given.timezone, zones);
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
