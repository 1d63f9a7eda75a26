import { isTimeZone, type TimeZone } from '../../calendar/time-zone.js';
import { type GivenAs, readValue } from '../../config/read-selection.js';
import type { Parse } from '../../config/value.js';
import { badQuery } from '../problem.js';
import type { ZoneStore } from './zone-store.js';

/** A query's texts by name, each given once. */
export type Parameters<Name extends string = string> = Readonly<Partial<Record<Name, string>>>;

export const AS_PARAMETERS: GivenAs = { show: (name) => name, refuse: badQuery };

/** @throws Refusal (400) for a parameter that is not one of `names`, or stands twice */
export function checkParameters<const Name extends string>(
  query: unknown,
  names: readonly Name[],
): Parameters<Name> {
  const given: Partial<Record<Name, string>> = {};
  for (const [key, value] of Object.entries(query ?? {})) {
    const name = names.find((each) => each === key);
    if (name === undefined) throw badQuery(key, `no such parameter; there are ${names.join(', ')}`);
    if (typeof value !== 'string') throw badQuery(name, 'stands twice');
    given[name] = value;
  }
  return given;
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
