import { LRUCache } from 'lru-cache';
import { openTimeZone, type TimeZone } from '../../calendar/time-zone.js';

/** Zones cached with their table of offsets for the next query. */
const MOST_ZONES = 16;

export interface ZoneStore {
  /** Where a query names none. */
  readonly fallback: TimeZone;
  /** @param name of a zone that there is */
  open(name: string): TimeZone;
}

export function createZoneStore(fallback: TimeZone): ZoneStore {
  const zones = new LRUCache<string, TimeZone>({ max: MOST_ZONES });
  return {
    fallback,
    open(name) {
      const zone = zones.get(name) ?? openTimeZone(name);
      zones.set(name, zone);
      return zone;
    },
  };
}
