import { parseInstant, wholeMilliseconds } from '../../calendar/instant.js';
import { ExactDecimal } from '../../engine/amount.js';
import { groupThousands } from '../../format/amounts.js';
import { roundCost } from '../../rates/money.js';

/*
 * Exact decimals as whole numbers: credits × 10^scale, with one scale for the whole page. decimal.js, by which prices are
 * explained, takes fifty times as long to add up the costs of 100,000 rows, which every letter of a search does.
 */

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** `text` × 10^scale, which is at least its digits after the point. Throws a RangeError unless `text` is a plain decimal. */
export function toUnits(text: string, scale: number): bigint {
  if (!DECIMAL.test(text)) throw new RangeError(`not a plain decimal: ${text}`);
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/** The exact digits: no exponent, no trailing zeros. */
export function toDigits(units: bigint, scale: number): string {
  return exact(units, scale).toFixed();
}

/**
 * For reading: so many decimals and thousands apart, `1,234.50`. Rounds half to even, as an invoice does; `rounded` says
 * that it did.
 */
export function toDecimals(units: bigint, scale: number, decimals = 2): { text: string; rounded: boolean } {
  const amount = exact(units, scale);
  const shown = roundCost(amount, decimals);
  return { text: groupThousands(shown.toFixed(decimals)), rounded: !shown.eq(amount) };
}

/** As a double, for lengths of bars and nothing else. */
export function toApproximate(units: bigint, scale: number): number {
  return Number(`${units}e-${scale}`);
}

const exact = (units: bigint, scale: number) => new ExactDecimal(`${units}e-${scale}`);

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
