import type { Terminal } from '../format/table/lines.js';
import { type ColorChoice, wantsColor } from './color.js';
import type { Host } from './host.js';

/** The terminal a result goes to, or colourless and endless where it goes to a file or a pipe. */
export async function openTerminal(
  { output, color }: { readonly output: string | undefined; readonly color: ColorChoice },
  host: Host,
): Promise<Terminal> {
  const { Chalk } = await import('chalk');
  const toTerminal = host.stdout.isTTY === true && (output ?? '-') === '-';
  return {
    chalk: new Chalk({ level: wantsColor(color, host.env, toTerminal) ? 1 : 0 }),
    // 0 where the terminal does not tell.
    width: (toTerminal && host.stdout.columns) || undefined,
  };
}
