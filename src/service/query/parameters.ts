import { isTimeZone, type TimeZone } from '../../calendar/time-zone.js';
import { type GivenAs, readValue } from '../../config/read-selection.js';
import type { Parse } from '../../config/value.js';
import { badQuery } from '../shared/problem.js';
import type { ParameterSchema, QuerySchema } from './query-schemas.js';
import type { ZoneStore } from './zone-store.js';

/** Errors name a value by its parameter. */
export const AS_PARAMETERS: GivenAs = { show: (name) => name, refuse: badQuery };

/**
 * Gives a query's texts by name, as its schema allows: no other names, and each once but for lists, whose parts are joined by
 * commas. Values are left to the parsers, so that the command line and the service refuse the same ones in the same words.
 *
 * The check throws Refusal (400).
 */
export function createQueryCheck({ properties }: QuerySchema<string>) {
  const schemas = new Map<string, ParameterSchema>(Object.entries(properties));
  return (query: unknown): Readonly<Record<string, string>> => {
    const given: Record<string, string> = {};
    for (const [name, value] of Object.entries(query ?? {})) {
      const schema = schemas.get(name);
      if (schema === undefined) throw badQuery(name, `no such parameter; ${namesIn(schemas)}`);
      if (typeof value === 'string') given[name] = value;
      else if (schema.type === 'array' && Array.isArray(value)) given[name] = value.join(',');
      else throw badQuery(name, 'is given twice');
    }
    return given;
  };
}

function namesIn(schemas: ReadonlyMap<string, ParameterSchema>): string {
  return schemas.size === 0 ? 'there are none' : `there are ${[...schemas.keys()].join(', ')}`;
}

/** @throws Refusal (400) */
export function readParameter<Value>(
  name: string,
  text: string | undefined,
  parse: Parse<Value>,
): Value | undefined {
  return text === undefined ? undefined : readValue(name, text, parse, AS_PARAMETERS);
}

/** The zone that `timezone` names, or the service's own. @throws Refusal (400) */
export function readZone(timezone: string | undefined, zones: ZoneStore): TimeZone {
  if (timezone === undefined) return zones.fallback;
  if (!isTimeZone(timezone)) {
    throw badQuery('timezone', 'expected an IANA time zone such as Europe/London or UTC');
  }
  return zones.open(timezone);
}
