import type { Parse } from '../config/value.js';
import { oneOf } from '../config/value.js';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];
export const colorChoice: Parse<ColorChoice> = oneOf(COLOR_CHOICES);

/**
 * Whether a stream gets colour. The first that says something decides: `--color always|never`, `NO_COLOR` (not
 * empty: never), `FORCE_COLOR` (`0` or `false`: never, else always), `TERM=dumb`, and last whether it is a terminal.
 */
export function wantsColor(
  choice: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
