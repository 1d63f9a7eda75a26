import { Command } from '@commander-js/extra-typings';
import { listSettings } from '../../config/settings.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import type { OptionsOf } from '../options/declare.js';
import { resultChoice, withResult } from '../options/output.js';
import { settingSources, settingsOf, withSettings } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliver } from '../run/deliver.js';
import { openTerminal } from '../run/results.js';
import { defineCommand } from './define.js';

const declareConfig = () => {
  const command = new Command('config').description(
    'every setting in force and where it came from, secrets masked',
  );
  const withOutput = withResult(DOCUMENT_FORMATS, 'the {"settings":[…]} document, one setting a line');
  return withSettings(withOutput(command));
};

/** Every setting in force and where it came from. */
export const make = defineCommand({
  purpose: 'This program:',
  examples: [['o-copilot config --env-file billing.env', 'what a settings file amounts to']],
  declare: declareConfig,
  run: runConfig,
});

/** Wrong settings are errors here as anywhere, since none of them would be in force. */
async function runConfig(options: OptionsOf<typeof declareConfig>, context: Context): Promise<void> {
  const { host } = context;
  const output = resultChoice(options, DOCUMENT_FORMATS);
  await settingsOf(options, host);
  const settings = listSettings(await settingSources(options, host));
  await deliver(output, context, async (writer) => {
    const { settingsJson, settingsTable } = await import('../../format/table/configuration.js');
    if (output.format === 'json') return writer.write(settingsJson(settings));
    for (const piece of settingsTable(settings, await openTerminal(output, host))) await writer.write(piece);
  });
}
