import { readMessageLines } from '../document/messages.js';
import { CommandLineError } from '../errors.js';
import { openReportsFile, readChunks } from '../source/file.js';
import type { Source } from '../source/source.js';
import type { Run } from './host.js';
import type { PeriodOptions } from './open-period.js';
import type { RawFlags } from './options/setting-options.js';
import { runUsage } from './run-usage.js';

/** What `summary --from-priced` needs of a row. */
const FIELDS = 'message_id,timestamp,report_name,credits_used,report_id,kind';

/** Runs `price`: `usage` of the lines of stdin, written as they are priced unless they go to a file. */
export async function runPrice(flags: RawFlags, run: Run): Promise<void> {
  const toFile = typeof flags.output === 'string' && flags.output !== '-';
  await runUsage(
    { fields: FIELDS, ...flags, ndjson: true, stream: !toFile },
    run,
    await messagesOfStdin(flags, run),
  );
}

async function messagesOfStdin(flags: RawFlags, { host, signal }: Run): Promise<PeriodOptions> {
  const messages: Source['messages'] = (consume) => consume(readChunks('stdin', host.stdin, signal));
  const readDocument = readMessageLines;
  if (typeof flags.reports === 'string') {
    if (flags.source !== undefined) throw new CommandLineError('--reports: is instead of --source');
    const { report } = await openReportsFile(flags.reports);
    return { source: { name: 'stdin', messages, report, close: async () => {} }, readDocument };
  }
  if (flags.source === '-') throw new CommandLineError('--source: stdin has the messages, not the reports');
  return { wrapSource: (source) => ({ ...source, name: 'stdin', messages }), readDocument };
}
