import type { Instant } from '../calendar/instant.js';
import { dataRenderer } from '../format/data/data.js';
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
export async function chooseRenderer(
  choice: OutputChoice,
  period: Pick<Period, 'zone' | 'outOf' | 'settings' | 'sourceName' | 'selection'>,
  host: Host,
  asOf: Instant,
): Promise<() => Renderer> {
  const { zone, outOf } = period;
  const fields = fieldsOf(choice.fields, zone);
  const { format } = choice;
  switch (format) {
    case 'json':
    case 'ndjson':
    case 'csv':
    case 'tsv':
      return () => dataRenderer(format, fields, choice);
    case 'focus': {
      const { focusRenderer } = await import('../format/data/focus.js');
      return () => focusRenderer(zone, choice);
    }
    case 'table': {
      const [{ tableRenderer }, terminal] = await Promise.all([
        import('../format/table/usage.js'),
        openTerminal(choice, host),
      ]);
      return () => tableRenderer(fields, { ...terminal, outOf });
    }
    case 'html': {
      const { loadPageShell, pageFacts, pageRenderer } = await import('../format/page/page.js');
      const shell = await loadPageShell();
      const { sourceName: source, settings, selection } = period;
      const about = { source, period: settings.period, rules: settings.rules, filtered: narrows(selection) };
      return () => pageRenderer(shell, zone, (extent) => pageFacts(about, extent, zone, asOf));
    }
  }
}
