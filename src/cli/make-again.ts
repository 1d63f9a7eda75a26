import { CommandLineError } from '../errors.js';
import { SUMMARY_FORMATS } from '../format/formats.js';
import { digestWriter } from '../output/writer.js';
import type { Receipt } from '../receipt/receipt.js';
import { readsText } from '../usage/rows/row-query.js';
import type { Run } from './host.js';
import { givenFlags } from './kept-flags.js';
import { makeReceipt } from './make-receipt.js';
import { openPeriod } from './open-period.js';
import { outputFrom, resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { openWitness } from './witness.js';
import { writeSummary } from './write-summary.js';
import { writeUsage } from './write-usage.js';

/** Stands for the export's own file: what is made again goes nowhere, and is not made for a terminal. */
const NOWHERE = 'the export';

/**
 * Computes an export again with the flags that its receipt keeps, from the source of `flags`.
 *
 * @returns the receipt it would get
 * @throws as `usage` does
 */
export async function makeAgain(receipt: Receipt, flags: RawFlags, run: Run): Promise<Receipt> {
  if (receipt.rules.rates_sha256 !== null && flags.rates === undefined) {
    throw new CommandLineError('--rates: the export was made with a file of rates, so it is needed again');
  }
  // How `verify` itself writes says nothing of how the export was written.
  const { json, table, ...place } = flags;
  const again: RawFlags = { ...place, ...givenFlags(receipt.flags), output: NOWHERE };
  const now = Date.parse(receipt.as_of);
  const summary = receipt.command === 'summary';
  const output = summary ? resultFrom(again, SUMMARY_FORMATS) : outputFrom(again);
  const textsUnread = !('fields' in output && output.fields.some(readsText));
  const witness = await openWitness();
  const period = await openPeriod(again, run, {
    ...witness.watcher,
    sourceName: receipt.source,
    textsUnread,
  });
  try {
    const writer = digestWriter();
    await (summary ? writeSummary : writeUsage)(again, period, now, writer, run);
    await writer.commit();
    const [inputs, sha256] = [witness.inputs(), writer.digest()];
    if (inputs === undefined || sha256 === undefined)
      throw new Error('the messages were not read to the end');
    const seen = { inputs, rows: witness.rows(), sha256 };
    return makeReceipt({ command: receipt.command, flags: again, output, now }, period, seen, run.host);
  } finally {
    await period.close();
  }
}
