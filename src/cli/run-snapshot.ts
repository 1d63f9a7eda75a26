import { version } from '../../package.json';
import { sumsInWords } from '../format/amounts.js';
import { newFolder } from '../output/new-folder.js';
import { MANIFEST, newManifest, recordSource } from '../source/snapshot.js';
import { createTotals } from '../usage/rows/totals.js';
import { writtenLine } from './deliver.js';
import { guardJob } from './guard-job.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import type { RawFlags } from './options/setting-options.js';

/**
 * Runs `snapshot`: prices the whole period, so that what is kept is known to give a bill, and keeps the bytes
 * it was priced from.
 */
export function runSnapshot(path: string, flags: RawFlags, run: Run): Promise<void> {
  return guardJob(flags, run, async (record) => {
    const startedAt = new Date();
    const folder = await newFolder(path);
    try {
      let recorder: ReturnType<typeof recordSource> | undefined;
      const period = await openPeriod(flags, run, {
        textsUnread: true,
        wrapSource(source) {
          recorder = recordSource(source, folder);
          return recorder.source;
        },
      });
      record.period = period;
      try {
        record.totals = await period.read(async (batches) => {
          const totals = createTotals();
          for await (const items of batches) {
            run.signal.throwIfAborted();
            totals.add(items);
          }
          return totals.value();
        });
      } finally {
        await period.close();
      }
      const kept = recorder?.recorded();
      if (kept?.messages === undefined) throw new Error('the messages were read but not kept');
      const manifest = await folder.openFile(MANIFEST);
      manifest.write(
        Buffer.from(
          newManifest({
            program: `o-copilot ${version}`,
            source: period.sourceName,
            period: period.settings.period,
            started_at: startedAt.toISOString(),
            finished_at: new Date().toISOString(),
            messages: kept.messages,
            reports: [...kept.reports].map(([id, entry]) => ({ id, ...entry })).sort(byId),
            missing_reports: kept.missing.sort(),
          }),
        ),
      );
      await manifest.close();
      await folder.commit();
      if (run.host.stderr.isTTY && flags.quiet !== true) {
        const { messages: count, credits } = record.totals;
        run.host.stderr.write(writtenLine(path, sumsInWords(count, credits)));
      }
    } finally {
      await folder.abandon();
    }
  });
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
