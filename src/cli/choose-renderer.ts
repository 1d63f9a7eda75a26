import { csvRenderer } from '../render/csv.js';
import { fieldsOf } from '../render/fields.js';
import { jsonRenderer, ndjsonRenderer } from '../render/json.js';
import type { Renderer } from '../render/renderer.js';
import { wantsColor } from './color.js';
import type { Host } from './host.js';
import type { Period } from './open-period.js';
import type { OutputChoice } from './options/output-options.js';

/** Makes the renderer that a command's output flags ask for; a fresh one for each reading of the document. */
export async function chooseRenderer(
  choice: OutputChoice,
  { zone, outOf }: Pick<Period, 'zone' | 'outOf'>,
  host: Host,
): Promise<() => Renderer> {
  const fields = fieldsOf(choice.fields, zone);
  switch (choice.format) {
    case 'json':
      return () => jsonRenderer(fields);
    case 'ndjson':
      return () => ndjsonRenderer(fields);
    case 'csv':
      return () => csvRenderer(fields, choice);
    case 'table': {
      const [{ tableRenderer }, { Chalk }] = await Promise.all([
        import('../render/table.js'),
        import('chalk'),
      ]);
      const toTerminal = host.stdout.isTTY === true && (choice.output ?? '-') === '-';
      const chalk = new Chalk({ level: wantsColor(choice.color, host.env, toTerminal) ? 1 : 0 });
      const width = toTerminal ? host.stdout.columns : undefined;
      return () => tableRenderer(fields, { chalk, width, outOf });
    }
  }
}
