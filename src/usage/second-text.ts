import { dayText } from './day.js';

/** Seconds. */
const DAY = 86_400;

/**
 * An instant, in milliseconds since 1970 UTC, as RFC 3339 in UTC to the second: `2024-04-29T02:08:29Z`.
 *
 * @param dayTextOf `dayText`, or the same with a memory
 */
export function secondText(instant: number, dayTextOf = dayText): string {
  const seconds = Math.floor(instant / 1000);
  const day = Math.floor(seconds / DAY);
  const ofDay = seconds - day * DAY;
  const hour = Math.floor(ofDay / 3600);
  const minute = Math.floor(ofDay / 60) % 60;
  return `${dayTextOf(day)}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(ofDay % 60)}Z`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
