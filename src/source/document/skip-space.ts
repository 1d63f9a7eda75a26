/** The index of the first byte from `from` on that is no white space of JSON; the length where there is none. */
export function skipSpace(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  // One comparison where, as a rule, there is none.
  while (at < length && (bytes[at] ?? 0) <= 0x20 && isSpace(bytes[at] ?? 0)) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
