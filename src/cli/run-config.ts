import { listSettings } from '../config/settings.js';
import { settingsJson } from '../format/documents/settings.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { openTerminal } from './open-terminal.js';
import { resultFrom } from './options/output-options.js';
import { type RawFlags, settingSources, settingsFrom } from './options/setting-options.js';

/** Runs `config`. Wrong settings are errors here as anywhere, since none of them would be in force. */
export async function runConfig(flags: RawFlags, run: Run): Promise<void> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  await settingsFrom(flags, run.host);
  const settings = listSettings(await settingSources(flags, run.host));
  await deliver(output, run, async (writer) => {
    if (output.format === 'json') return writer.write(settingsJson(settings));
    const { settingsTable } = await import('../format/table/settings.js');
    for (const piece of settingsTable(settings, await openTerminal(output, run.host)))
      await writer.write(piece);
  });
}
