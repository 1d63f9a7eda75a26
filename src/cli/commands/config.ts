import { Command } from '@commander-js/extra-typings';
import { listSettings, resolveSettings } from '../../config/settings.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { type OptionsOf, withOptions } from '../options/declare.js';
import { resultChoice, resultOptions } from '../options/output.js';
import { settingOptions, settingSources } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliverDocument } from '../run/deliver.js';
import { defineCommand } from './define.js';

const declareConfig = () =>
  withOptions(
    new Command('config').description('every setting in force and where it came from, secrets masked'),
    [
      ...resultOptions(DOCUMENT_FORMATS, 'the {"settings":[…]} document, one setting a line'),
      ...settingOptions(),
    ],
  );

export const make = defineCommand({
  purpose: 'This program:',
  examples: [['o-copilot config --env-file billing.env', 'what a settings file amounts to']],
  declare: declareConfig,
  run: runConfig,
});

/** Wrong settings are errors here as anywhere, since none of them would be in force. */
async function runConfig(options: OptionsOf<typeof declareConfig>, context: Context): Promise<void> {
  const output = resultChoice(options, DOCUMENT_FORMATS);
  const sources = await settingSources(options, context.host);
  resolveSettings(sources);
  const { settingsJson, settingsTable } = await import('../../format/table/configuration.js');
  await deliverDocument(output, context, () => listSettings(sources), {
    json: settingsJson,
    table: async () => settingsTable,
  });
}
