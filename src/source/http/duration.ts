/** Milliseconds for people: `800 ms`, `1.5 s`. */
export function showDuration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}
