import type { Instant } from '../calendar/instant.js';
import { declarationOf } from '../format/formats.js';
import type { Renderer } from '../format/rows.js';
import { fieldsOf } from '../format/rows.js';
import { narrows } from '../usage/rows/row-query.js';
import type { Host } from './host.js';
import type { Period } from './open-period.js';
import { openTerminal } from './open-terminal.js';
import type { OutputChoice } from './options/output-options.js';

/**
 * Makes the renderer that a command's output flags ask for; a fresh one for each reading of the document.
 *
 * @param asOf what a page takes for now
 */
export function chooseRenderer(
  choice: OutputChoice,
  period: Pick<Period, 'zone' | 'outOf' | 'settings' | 'sourceName' | 'selection'>,
  host: Host,
  asOf: Instant,
): Promise<() => Renderer> {
  const { zone, outOf, sourceName: source, settings, selection } = period;
  return declarationOf(choice.format).rows({
    ...choice,
    fields: fieldsOf(choice.fields, zone),
    zone,
    outOf,
    terminal: () => openTerminal(choice, host),
    subject: { source, period: settings.period, rules: settings.rules, filtered: narrows(selection) },
    asOf,
  });
}
