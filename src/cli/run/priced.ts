import { type PricedRow, readPricedRows } from '../../document/export-rows.js';
import { CommandLineError } from '../../errors.js';
import { visible } from '../../format/text.js';
import { openInput } from '../../source/file.js';
import { createDuplicateCheck } from '../../usage/pricing/ids.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { createReportCheck } from '../../usage/pricing/reports.js';
import { checkReportFilter, matchesMessage, matchesRow, narrows } from '../../usage/rows/row-query.js';
import { type PricedOptions, type ReceiptOptions, selectionOf } from '../options/period.js';
import { openBasis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { openPeriod, type Period, type PeriodNeeds, type PeriodOptions } from './period.js';

/** The period of the source, or of `--from-priced`. */
export function openEither(
  options: PeriodOptions & ReceiptOptions & PricedOptions,
  context: Context,
  needs: PeriodNeeds,
): Promise<Period> {
  const { fromPriced } = options;
  return fromPriced === undefined
    ? openPeriod(options, context, needs)
    : openPriced([fromPriced].flat(), options, context);
}

/** A period whose messages `price` has priced already, in files or on stdin. */
async function openPriced(
  paths: readonly string[],
  options: PeriodOptions & ReceiptOptions,
  context: Context,
): Promise<Period> {
  const { host, signal } = context;
  for (const flag of ['source', 'rates', 'receipt'] as const) {
    if (options[flag] !== undefined)
      throw new CommandLineError(`--${flag}: says nothing of rows priced already`);
  }
  const { duplicates = 'error', quiet } = options;
  // A copy's price is not compared.
  if (duplicates === 'once') throw new CommandLineError('--duplicates: error or keep with --from-priced');
  const basis = await openBasis(options, context);
  const selection = selectionOf(options, basis.zone);
  const files = await Promise.all(paths.map((path) => openInput(path, host.stdin, signal)));
  let messages = 0;

  async function* items(): AsyncGenerator<UsageItem[]> {
    const counts = createDuplicateCheck(duplicates);
    const checkReport = createReportCheck();
    const watch = selection.report && checkReportFilter(selection.report);
    for (const { name, bytes } of files) {
      for await (const rows of readPricedRows(name, bytes())) {
        messages += rows.length;
        for (const { reportId: id, reportName, credits } of rows) {
          if (id === undefined) continue;
          checkReport(id, reportName, reportName === undefined ? undefined : credits, name);
        }
        const wanted = rows
          .map(itemOf)
          .filter(({ message }) => counts(message) && matchesMessage(message, selection));
        if (watch !== undefined) for (const item of wanted) watch.add(item);
        yield wanted.filter((item) => matchesRow(item, selection));
      }
    }
    const note = watch?.note();
    if (note !== undefined && !quiet) host.stderr.write(`o-copilot: ${visible(note)}\n`);
  }

  return {
    ...basis,
    selection,
    sourceName: files.map(({ name }) => name).join(', '),
    read: (consume) => consume(items()),
    outOf: () => (narrows(selection) ? messages : undefined),
    counts: () => ({ messages, retries: 0 }),
    close: async () => {},
  };
}

function itemOf({ id, timestamp, reportId, reportName, credits }: PricedRow): UsageItem {
  return {
    message: { id, timestamp, reportId, text: '' },
    report: reportName === undefined ? undefined : { name: reportName, cost: credits },
    credits,
  };
}
