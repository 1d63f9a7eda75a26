const DAY = 86_400_000;

/** `YYYY-MM-DD` of whole days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Whole days since 1970-01-01 of a `YYYY-MM-DD` that exists; undefined for any other text. */
export function dayNumber(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const instant = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(instant)) return undefined;
  const day = instant / DAY;
  // Date.parse refuses 31 November but not in every engine 30 February.
  return dayText(day) === text ? day : undefined;
}
