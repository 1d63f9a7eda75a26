import { Command } from '@commander-js/extra-typings';
import { listSettings, resolveSettings } from '../../config/settings.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { withOptions } from '../options/declare.js';
import { resultChoice, resultOptions } from '../options/output.js';
import { settingOptions, settingSources } from '../options/settings.js';
import { deliverDocument } from '../run/deliver.js';
import { defineCommand } from './define.js';

export const make = defineCommand({
  purpose: 'This program:',
  examples: [['o-copilot config --env-file billing.env', 'what a settings file amounts to']],
  declare: () =>
    withOptions(
      new Command('config').description('every setting in force and where it came from, secrets masked'),
      [
        ...resultOptions(DOCUMENT_FORMATS, 'the {"settings":[…]} document, one setting a line'),
        ...settingOptions(),
      ],
    ),
  async run(options, context) {
    const output = resultChoice(options, DOCUMENT_FORMATS);
    const sources = await settingSources({ ...options }, context.host);
    // Wrong settings are errors here as anywhere, since none of them would be in force.
    resolveSettings(sources);
    const { settingsJson, settingsTable } = await import('../../format/table/configuration.js');
    await deliverDocument(output, context, () => listSettings(sources), {
      json: settingsJson,
      table: async () => settingsTable,
    });
  },
});
