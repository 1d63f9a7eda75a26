/** An instant, in milliseconds since 1970 UTC, as RFC 3339 in UTC to the second: `2024-04-29T02:08:29Z`. */
export function secondText(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
