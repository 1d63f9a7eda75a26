/** Zones have changed their offset only at whole quarters of an hour of UTC since 1973, so one answer serves 15 minutes. */
const SLOT = 15 * 60_000;
const SLOTS_HOLD_SINCE = Date.UTC(1973, 0, 1);
const DAY = 86_400_000;

/** Calendar days in one IANA time zone, days of the clock change included. */
export interface TimeZone {
  readonly name: string;
  /** The local day of an instant, as whole days since 1970-01-01. Instants are in milliseconds since 1970 UTC. */
  dayOf(instant: number): number;
  /** The instant at which a local day, given as `YYYY-MM-DD`, begins. */
  startOfDay(day: string): number;
  /** Local time of an instant minus UTC, in milliseconds. */
  offsetAt(instant: number): number;
}

/** UTC needs no table of zones, so no library is loaded for it. */
export const UTC: TimeZone = {
  name: 'UTC',
  dayOf: (instant) => Math.floor(instant / DAY),
  startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  offsetAt: () => 0,
};

/** @throws RangeError when no such zone is known */
export async function openTimeZone(name: string): Promise<TimeZone> {
  if (name === 'UTC') return UTC;
  const { Temporal } = await import('temporal-polyfill');
  const offsets = new Map<number, number>();

  const lookUp = (instant: number) =>
    Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(name).offsetNanoseconds /
    1e6;

  function offsetAt(instant: number): number {
    if (instant < SLOTS_HOLD_SINCE) return lookUp(instant);
    const slot = Math.floor(instant / SLOT);
    let offset = offsets.get(slot);
    if (offset === undefined) {
      offset = lookUp(slot * SLOT);
      offsets.set(slot, offset);
    }
    return offset;
  }

  return {
    name,
    offsetAt,
    dayOf: (instant) => Math.floor((instant + offsetAt(instant)) / DAY),
    startOfDay: (day) => Temporal.PlainDate.from(day).toZonedDateTime(name).epochMilliseconds,
  };
}

/** Whether `name` is an IANA time zone that this Node knows. */
export function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are taken by newer Nodes only, and are no IANA names.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
