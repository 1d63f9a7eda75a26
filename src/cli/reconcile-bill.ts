import { openTimeZone } from '../calendar/time-zone.js';
import { type Amount, compareAmounts, ZERO } from '../engine/index.js';
import { reconciliationJson } from '../format/documents/reconciliation.js';
import { createReconciliation, type Reconciliation } from '../usage/diff/reconcile.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { openFileBill, openLiveBill } from './open-bill.js';
import { openTerminal } from './open-terminal.js';
import type { ResultChoice } from './options/output-options.js';
import { type RawFlags, settingsFrom } from './options/setting-options.js';

/**
 * Holds an export, or what the source has now, against the amount of an invoice.
 *
 * @returns whether they are equal
 */
export async function reconcile(
  path: string | undefined,
  invoice: Amount,
  flags: RawFlags,
  output: ResultChoice,
  run: Run,
): Promise<boolean> {
  // Copies are what a gap may come from, so they are counted here instead of being an error.
  const countCopies = path !== undefined || flags.duplicates === 'keep';
  const bill =
    path === undefined
      ? await openLiveBill({ ...flags, duplicates: 'keep' }, run)
      : await openFileBill(path, run);
  try {
    const zone = openTimeZone((await settingsFrom(flags, run.host)).timezone);
    return await deliver(output, run, async (writer) => {
      const result = await bill.read(async (batches) => {
        const sums = createReconciliation(zone, countCopies);
        for await (const rows of batches) {
          run.signal.throwIfAborted();
          sums.add(rows);
        }
        return sums.value(invoice);
      });
      for (const piece of await render(bill.name, result, output, run)) await writer.write(piece);
      return compareAmounts(result.difference, ZERO) === 0;
    });
  } finally {
    await bill.close();
  }
}

async function render(
  name: string,
  result: Reconciliation,
  output: ResultChoice,
  { host }: Run,
): Promise<Iterable<string>> {
  if (output.format === 'json') return [reconciliationJson(name, result)];
  const { reconciliationTable } = await import('../format/table/reconciliation.js');
  return reconciliationTable(name, result, await openTerminal(output, host));
}
