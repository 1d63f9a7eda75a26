import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { version } from '../../../package.json';
import type { Instant } from '../../calendar/instant.js';
import { CommandLineError, UnreadableError } from '../../errors.js';
import { verificationJson, verificationText } from '../../format/documents/verification.js';
import { DOCUMENT_FORMATS, SUMMARY_FORMATS } from '../../format/formats.js';
import { CONTRACT_FIELDS } from '../../format/rows.js';
import { reasonOf } from '../../os-error.js';
import type { Writer } from '../../output/writer.js';
import { digestWriter } from '../../output/writer.js';
import { checkExport } from '../../receipt/check-export.js';
import { dataTables } from '../../receipt/flags.js';
import { compareReceipts, type Receipt, readReceipt } from '../../receipt/receipt.js';
import { readFileChunks } from '../../source/file.js';
import { argument, type OptionsOf, shapingFlags, withOptions, wordsOf } from '../options/declare.js';
import { readsTexts, resultChoice, resultOptions, rowsChoice } from '../options/output.js';
import { asOfIn, asOfOption, runOptions } from '../options/period.js';
import { ratesOption, settingOptions } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliverPieces } from '../run/deliver.js';
import { openPeriod, type Period, type PeriodOptions, usingPeriod } from '../run/period.js';
import { type Export, makeReceipt, observeExport } from '../run/receipt.js';
import { writeSummary, writeUsage } from '../run/results.js';
import { defineCommand } from './define.js';
import { declareSummary, groupingsOf } from './summary.js';
import { declareUsage } from './usage.js';

const declareVerify = () => {
  const command = new Command('verify')
    .description(
      'check an export against its receipt; with --source also compute it again, to the same bytes. Exit 1: they differ',
    )
    .addArgument(argument('<export>', 'the file that --output wrote', { file: 'read' }))
    .addArgument(argument('<receipt>', 'the file that --receipt wrote', { file: 'read' }));
  return withOptions(
    command,
    resultOptions(DOCUMENT_FORMATS, 'the {"verify":{…}} document'),
    settingOptions,
    ratesOption,
    runOptions,
  );
};

type VerifyOptions = OptionsOf<typeof declareVerify>;

/** Whether an export is what its receipt says, and can be computed again. */
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
  const receipt = readReceipt(await readText(receiptPath), receiptPath);
  const sha256 = await digestOf(path, context.signal);
  const file = { name: path, sha256, bytes: () => readFileChunks(path, context.signal) };
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

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw new UnreadableError(path, reasonOf(error));
  }
  return hash.digest('hex');
}

/** In place of the export's own file: what is made again goes nowhere, and is not made for a terminal. */
const NOWHERE = 'the export';

/**
 * Computes an export again with the flags that its receipt holds, from the source of `options`.
 *
 * @returns the receipt it would get
 * @throws as `usage` does
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
  if (receipt.command === 'summary') {
    const command = parsed(declareSummary(), receipt);
    const again = { ...own, ...command.opts(), output: NOWHERE };
    const output = resultChoice(again, SUMMARY_FORMATS);
    const by = groupingsOf(again);
    const remade = { command: receipt.command, flags: shapingFlags(command), output };
    return remake(receipt, remade, { ...again, textsUnread: true }, context, async (period, writer) => {
      const asOf = asOfIn(period.zone, again);
      await writeSummary(period, { by, output, asOf, now }, writer, context);
      return asOf ?? now;
    });
  }
  // A page of `report` may have `--as-of`, which `usage` has not.
  const command = parsed(withOptions(declareUsage(), asOfOption('Output:')), receipt);
  const again = { ...own, ...command.opts(), output: NOWHERE };
  const output = rowsChoice(again);
  const remade = { command: receipt.command, flags: shapingFlags(command), output };
  const textsUnread = !readsTexts(output);
  return remake(receipt, remade, { ...again, textsUnread }, context, async (period, writer) => {
    const asOf = asOfIn(period.zone, again) ?? now;
    await writeUsage(period, output, asOf, writer, context);
    return asOf;
  });
}

/** A command, parsed as if its command line held the flags of a receipt. @throws CommandLineError */
function parsed<Declared extends ReturnType<typeof declareSummary> | ReturnType<typeof declareUsage>>(
  command: Declared,
  receipt: Receipt,
): Declared {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.parse(wordsOf(receipt.flags, command), { from: 'user' });
  return command;
}

/** @param write writes the export, and returns what it took for now */
async function remake(
  receipt: Receipt,
  made: Export,
  { textsUnread, ...options }: PeriodOptions & { readonly textsUnread: boolean },
  context: Context,
  write: (period: Period, writer: Writer) => Promise<Instant>,
): Promise<Receipt> {
  const observed = await observeExport();
  const opening = openPeriod(options, context, {
    ...observed.observer,
    sourceName: receipt.source,
    textsUnread,
  });
  return usingPeriod(opening, async (period) => {
    const writer = digestWriter();
    const asOf = await write(period, writer);
    await writer.commit();
    const [inputs, sha256] = [observed.inputs(), writer.digest()];
    if (inputs === undefined || sha256 === undefined) {
      throw new Error('the messages were not read to the end');
    }
    return makeReceipt(made, period, { inputs, rows: observed.rows(), sha256, asOf }, context.host);
  });
}
