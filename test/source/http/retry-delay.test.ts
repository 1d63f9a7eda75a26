import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter, type RetryMoment, retryDelay } from '../../../src/source/http/retry.js';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

function delayFor(moment: Partial<RetryMoment>) {
  return retryDelay({
    attempt: 1,
    retryAfter: undefined,
    now: NOW,
    remaining: Number.POSITIVE_INFINITY,
    random: 0,
    ...moment,
  });
}

const headers = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^-?\d{1,400}(\.\d+)?$/),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom('', ' ', 'Infinity', '1e9', '0x10', '+5', 'NaN'),
);

describe('retryDelay', () => {
  it('is a whole number within the limit, or refuses, for any header and clock', () => {
    const moments = fc.record({
      attempt: fc.integer({ min: 1, max: 2000 }),
      retryAfter: fc.option(headers, { nil: undefined }),
      now: fc.integer({ min: -8.64e15, max: 8.64e15 }),
      remaining: fc.oneof(
        fc.double({ min: -1e6, max: 1e9, noNaN: true }),
        fc.constant(Number.POSITIVE_INFINITY),
      ),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(moments, (moment) => {
        const result = retryDelay(moment);
        if ('delay' in result) {
          expect(Number.isSafeInteger(result.delay)).toBe(true);
          expect(result.delay).toBeGreaterThanOrEqual(0);
          expect(result.delay).toBeLessThanOrEqual(
            moment.remaining === Number.POSITIVE_INFINITY ? 120_000 : Math.max(0, moment.remaining),
          );
        } else if (result.demanded !== undefined) {
          expect(Number.isSafeInteger(result.demanded)).toBe(true);
        }
      }),
    );
  });

  it('backs off with full jitter from 200 ms, doubling to 10 s', () => {
    const longest = (attempt: number) => delayFor({ attempt, random: 0.999999 });
    expect([1, 2, 3, 6, 7, 50].map(longest)).toEqual(
      [199, 399, 799, 6399, 9999, 9999].map((delay) => ({ delay })),
    );
    expect(delayFor({ attempt: 5, random: 0 })).toEqual({ delay: 0 });
  });

  it('keeps to Retry-After, with at most a quarter of a second on top', () => {
    expect(delayFor({ retryAfter: '3' })).toEqual({ delay: 3000 });
    expect(delayFor({ retryAfter: '3', random: 0.999 })).toEqual({ delay: 3249 });
    expect(delayFor({ retryAfter: new Date(NOW + 5000).toUTCString() })).toEqual({ delay: 5000 });
  });

  it('refuses a wait beyond the deadline, or beyond two minutes without one', () => {
    expect(delayFor({ retryAfter: '121' })).toEqual({ demanded: 121_000 });
    expect(delayFor({ retryAfter: '120', random: 0.9 })).toEqual({ delay: 120_000 });
    expect(delayFor({ retryAfter: '121', remaining: 130_000 })).toEqual({ delay: 121_000 });
    expect(delayFor({ retryAfter: '5', remaining: 4999 })).toEqual({ demanded: 5000 });
    expect(delayFor({ attempt: 9, random: 0.5, remaining: 100 })).toEqual({ demanded: undefined });
  });
});

describe('parseRetryAfter', () => {
  it.each([
    '-3',
    '1.5',
    '',
    'abc',
    '1e3',
    '+1',
    '0x10',
    '12 seconds',
    '1,5',
    ' 1',
    'Wed, 21 Oct 2015 07:28:00 GMT',
    '2027-01-01T00:00:00Z',
    'Fri, 15 Jan 2027 12:00:00 +0000',
    'Mon, 15 Jan 2027 12:00:00 GMT',
    'Friday, 15-Jan-27 12:00:00 GMT',
  ])('ignores %j', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined();
  });

  it('reads seconds and dates', () => {
    expect(parseRetryAfter('0', NOW)).toBe(0);
    expect(parseRetryAfter('99999999999', NOW)).toBe(99_999_999_999_000);
    expect(parseRetryAfter('9'.repeat(400), NOW)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseRetryAfter('Fri, 15 Jan 2027 12:00:00 GMT', NOW)).toBe(365 * 86_400_000);
  });
});
