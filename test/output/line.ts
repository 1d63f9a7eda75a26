/** What writer-program.ts writes. */
export function line(index: number): string {
  return `line ${index} of the bill, with an umlaut: ü\n`;
}
