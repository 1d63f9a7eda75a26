import type { Terminal } from './terminal.js';

/** Lines of a dim name and what it says, the second column straight. The caller makes the text visible. */
export function* drawFacts(
  facts: readonly (readonly [name: string, text: string])[],
  { chalk }: Terminal,
): Generator<string> {
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, text] of facts) yield ` ${chalk.dim(name.padEnd(width))}  ${text}\n`;
}
