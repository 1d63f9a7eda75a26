import { parseInstant, wholeMilliseconds } from '../calendar/instant.js';

/** A moment as the page shows it: `YYYY-MM-DD HH:mm` in its zone, or undefined where it cannot say. */
export type Clock = (timestamp: string) => string | undefined;

/**
 * A clock for an IANA zone. It answers undefined for a timestamp that is not RFC 3339, and always when the
 * browser does not know the zone: the caller then shows what upstream sent.
 */
export function clockIn(timezone: string): Clock {
  const format = formatIn(timezone);
  if (format === undefined) return () => undefined;
  return (timestamp) => {
    const instant = parseInstant(timestamp);
    if (instant === undefined) return undefined;
    const parts = new Map(
      format.formatToParts(wholeMilliseconds(instant)).map(({ type, value }) => [type, value]),
    );
    const year = parts.get('year')?.padStart(4, '0');
    return `${year}-${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')}`;
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return undefined;
  }
}
