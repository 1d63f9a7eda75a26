import { createHash } from 'node:crypto';
import { Command } from '@commander-js/extra-typings';
import { version } from '../../../package.json';
import { CommandLineError } from '../../errors.js';
import { verificationJson, verificationText } from '../../format/documents/verification.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { CONTRACT_FIELDS } from '../../format/rows.js';
import { digestWriter } from '../../output/writer.js';
import { checkExport } from '../../receipt/check-export.js';
import { dataTables } from '../../receipt/flags.js';
import { compareReceipts, type Receipt, readReceipt } from '../../receipt/receipt.js';
import { readFileChunks, readWholeFile } from '../../source/file.js';
import { argument, type OptionsOf, shapingFlags, withOptions, wordsOf } from '../options/declare.js';
import { resultChoice, resultOptions, rowsChoice } from '../options/output.js';
import { asOfOption, billOptions } from '../options/period.js';
import type { Context } from '../process/host.js';
import { deliverPieces } from '../run/deliver.js';
import type { Export } from '../run/export.js';
import { openPeriod, type PeriodOptions, usingPeriod } from '../run/period.js';
import { observeExport } from '../run/receipt.js';
import { defineCommand } from './define.js';
import { declareSummary, summaryExport } from './summary.js';
import { declareUsage, usageExport } from './usage.js';

const declareVerify = () =>
  withOptions(
    new Command('verify')
      .description(
        'check an export against its receipt; with --source also compute it again, to the same bytes. Exit 1: they differ',
      )
      .addArgument(argument('<export>', 'the file that --output wrote', { file: 'read' }))
      .addArgument(argument('<receipt>', 'the file that --receipt wrote', { file: 'read' })),
    [...resultOptions(DOCUMENT_FORMATS, 'the {"verify":{…}} document'), ...billOptions()],
  );

type VerifyOptions = OptionsOf<typeof declareVerify>;

export const make = defineCommand({
  purpose: 'Check a bill:',

  declare: declareVerify,
  readsSource: ({ source }) => source !== undefined,
  run: runVerify,
});

/** Exit status 1 where the export, or the bill computed again, is not what the receipt says. */
async function runVerify(
  options: VerifyOptions,
  context: Context,
  path: string,
  receiptPath: string,
): Promise<void> {
  const output = resultChoice(options, DOCUMENT_FORMATS);
  const json = await readWholeFile(receiptPath, context.signal);
  const receipt = readReceipt(json.toString(), receiptPath);
  const bytes = () => readFileChunks(path, context.signal);
  const hash = createHash('sha256');
  for await (const chunk of bytes()) hash.update(chunk);
  const file = { name: path, sha256: hash.digest('hex'), bytes };
  const offline = await checkExport(receipt, file, CONTRACT_FIELDS);
  const again = options.source !== undefined;
  const repeated = again ? compareReceipts(receipt, await makeAgain(receipt, options, context)) : [];
  const known = new Set(offline.differences.map(({ what }) => what));
  const differences = [...offline.differences, ...repeated.filter(({ what }) => !known.has(what))];
  const verification = {
    path,
    receipt,
    differences,
    again,
    unchecked: offline.unchecked.filter((path) => !known.has(path) && (!again || isNotComputed(path))),
    unread: again ? undefined : offline.unread,
    program: `o-copilot ${version}`,
    tables: dataTables(),
  };
  const write = output.format === 'json' ? verificationJson : verificationText;
  await deliverPieces(output, context, async () => [write(verification)]);
  if (differences.length > 0) context.host.exitCode = 1;
}

/** Members of a receipt that a bill computed again takes from it, or that shape no byte of it. */
function isNotComputed(path: string): boolean {
  return /^(program|source|as_of|flags|tables)\b/.test(path);
}

/** In place of the export's own file: what is made again goes nowhere, and is not made for a terminal. */
const NOWHERE = 'the export';

/**
 * Computes an export again with the flags that its receipt holds, from the source of `options`.
 *
 * @returns the receipt it would get
 */
async function makeAgain(receipt: Receipt, options: VerifyOptions, context: Context): Promise<Receipt> {
  if (receipt.rules.rates_sha256 !== null && options.rates === undefined) {
    throw new CommandLineError('--rates: the export was made with a file of rates, so it is needed again');
  }
  // How `verify` itself writes says nothing of how the export was written.
  const { json, table, format, ...rest } = options;
  // Nor does a price or a limit that is set here say that it was set there.
  const own = { ...rest, creditPrice: 'none', currency: 'none', budget: 'none' };
  const now = Date.parse(receipt.as_of);
  let made: Export;
  let again: PeriodOptions;
  if (receipt.command === 'summary') {
    const command = parsed(declareSummary(), receipt);
    const summary = { ...own, ...command.opts(), output: NOWHERE };
    made = summaryExport(summary, shapingFlags(command), now, context);
    again = summary;
  } else {
    // A page of `report` may have `--as-of`, which `usage` has not.
    const command = parsed(withOptions(declareUsage(), [asOfOption('Output:')]), receipt);
    const usage = { ...own, ...command.opts(), output: NOWHERE };
    made = usageExport(rowsChoice(usage), usage, shapingFlags(command), now, context);
    again = usage;
  }
  const observed = observeExport(made, context.host);
  const { textsUnread } = made;
  const opening = openPeriod(again, context, { ...observed.needs, sourceName: receipt.source, textsUnread });
  return usingPeriod(opening, async (period) => {
    const writer = digestWriter();
    const { asOf } = await made.write(period, writer);
    await writer.commit();
    const remade = observed.receipt(period, asOf, writer.digest());
    if (remade === undefined) throw new Error('the messages were not read to the end');
    return remade;
  });
}

/** A command, parsed as if its command line held the flags of a receipt. */
function parsed<Declared extends ReturnType<typeof declareSummary> | ReturnType<typeof declareUsage>>(
  command: Declared,
  receipt: Receipt,
): Declared {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.parse(wordsOf(receipt.flags, command), { from: 'user' });
  return command;
}
