import { Command } from '@commander-js/extra-typings';
import { listOf } from '../../config/value.js';
import { readMessageLines } from '../../document/messages.js';
import { CommandLineError } from '../../errors.js';
import { CONTRACT_FIELDS, FIELDS, type FieldName } from '../../format/rows.js';
import { openReportsFile, readChunks } from '../../source/file.js';
import type { Source } from '../../source/source.js';
import { type OptionsOf, option, withOptions } from '../options/declare.js';
import { checkEnding } from '../options/output.js';
import { billOptions } from '../options/period.js';
import type { Context } from '../process/host.js';
import type { PeriodNeeds } from '../run/period.js';
import { defineCommand } from './define.js';
import { runUsage } from './usage.js';

const declarePrice = () =>
  withOptions(
    new Command('price').description(
      'price messages from stdin, one JSON object a line, to stdout in the same order',
    ),
    [
      option('--reports <file>', 'all reports, as NDJSON or a JSON array, instead of --source', {
        group: 'Input:',
        file: 'read',
      }),
      option(
        '--fields <names>',
        `of ${FIELDS.join(', ')} (default the usual four, report_id and kind)`,
        { group: 'Output:' },
        listOf(FIELDS),
      ),
      option('--output <file>', 'write to a file, whole or not at all; stdout is written as it goes', {
        group: 'Output:',
        file: 'result',
      }),
      ...billOptions(),
    ],
  );

type PriceOptions = OptionsOf<typeof declarePrice>;

export const make = defineCommand({
  purpose: 'Serve and scale:',

  declare: declarePrice,
  readsSource: ({ reports, source }) => reports === undefined && source !== '-',
  readsStdin: () => true,
  run: runPrice,
});

/** What `summary --from-priced` needs of a row. */
const DEFAULT_FIELDS: FieldName[] = [...CONTRACT_FIELDS, 'report_id', 'kind'];

/** `usage` of the lines of stdin, written as they are priced unless they go to a file. */
async function runPrice(options: PriceOptions, context: Context): Promise<void> {
  const { fields = DEFAULT_FIELDS, output = '-' } = options;
  const toStdout = output === '-';
  checkEnding('--output', output, 'ndjson');
  await runUsage(
    { ...options, fields, ndjson: true, ...(toStdout && { stream: true }) },
    {},
    context,
    await messagesOfStdin(options, context),
  );
}

async function messagesOfStdin(options: PriceOptions, { host, signal }: Context): Promise<PeriodNeeds> {
  const messages: Source['messages'] = (consume) => consume(readChunks('stdin', host.stdin, signal));
  const readDocument = readMessageLines;
  if (options.reports !== undefined) {
    if (options.source !== undefined) throw new CommandLineError('--reports: is instead of --source');
    const { report } = await openReportsFile(options.reports, signal);
    return { source: { name: 'stdin', messages, report, close: async () => {} }, readDocument };
  }
  if (options.source === '-') throw new CommandLineError('--source: stdin has the messages, not the reports');
  return { wrapSource: (source) => ({ ...source, name: 'stdin', messages }), readDocument };
}
