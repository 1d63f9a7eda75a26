import { Command } from '@commander-js/extra-typings';
import { version } from '../../../package.json';
import { sumsInWords } from '../../format/amounts.js';
import { newFolder } from '../../output/new-folder.js';
import { createRecorder } from '../../source/record.js';
import { MANIFEST, newManifest } from '../../source/snapshot.js';
import { createTotals } from '../../usage/pricing/sums.js';
import { argument, withOptions } from '../options/declare.js';
import { jobOptions, runOptions } from '../options/period.js';
import { settingOptions } from '../options/settings.js';
import { writtenLine } from '../run/deliver.js';
import { guardJob } from '../run/job.js';
import { openPeriod, usingPeriod } from '../run/period.js';
import { defineCommand } from './define.js';

export const make = defineCommand({
  purpose: 'Check a bill:',

  declare: () =>
    withOptions(
      new Command('snapshot')
        .description('keep the raw messages and reports in a new folder, to compute the bill again offline')
        .addArgument(argument('<folder>', 'must not exist yet, or be empty', { file: 'write-folder' })),
      [...settingOptions(), ...runOptions(), ...jobOptions()],
    ),
  readsSource: () => true,
  run(options, context, path) {
    return guardJob(options, context, async (record) => {
      const startedAt = new Date();
      const folder = await newFolder(path);
      try {
        const recorder = createRecorder(folder);
        const opening = openPeriod(options, context, { textsUnread: true, wrapSource: recorder.wrap });
        const { sourceName, settings, totals } = await usingPeriod(opening, async (period) => {
          record.period = period;
          // The whole period is priced, so that the bytes recorded are known to give a bill.
          const totals = await period.read(async (batches) => {
            const sums = createTotals();
            for await (const items of batches) sums.add(items);
            return sums.value();
          });
          record.totals = totals;
          return { ...period, totals };
        });
        const { messages: document, reports, missing } = recorder.recorded();
        if (document === undefined) throw new Error('the messages were read but not recorded');
        const manifest = await folder.openFile(MANIFEST);
        manifest.write(
          Buffer.from(
            newManifest({
              program: `o-copilot ${version}`,
              source: sourceName,
              period: settings.period,
              started_at: startedAt.toISOString(),
              finished_at: new Date().toISOString(),
              messages: document,
              reports,
              missing_reports: missing,
            }),
          ),
        );
        await manifest.close();
        await folder.commit();
        if (context.host.stderr.isTTY && options.quiet !== true) {
          const { messages, credits } = totals;
          context.host.stderr.write(writtenLine(path, sumsInWords(messages, credits)));
        }
      } finally {
        await folder.abandon();
      }
    });
  },
});
