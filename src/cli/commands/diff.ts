import { Command } from '@commander-js/extra-typings';
import { parsedBy } from '../../config/value.js';
import type { ExportRow } from '../../document/records.js';
import { compareAmounts, ZERO } from '../../engine/index.js';
import { CommandLineError } from '../../errors.js';
import { type DiffRenderer, diffJson, isEqual, reconciliationJson } from '../../format/documents/diff.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { compareBills, UnsortedRows } from '../../usage/diff/compare-bills.js';
import { createReconciliation } from '../../usage/diff/reconcile.js';
import { CREDITS, parseWritten, type WrittenLimit } from '../../usage/forecast/limit.js';
import { argument, type OptionsOf, option, withOptions } from '../options/declare.js';
import { type ResultChoice, resultChoice, resultOptions } from '../options/output.js';
import { billOptions, filterOptions } from '../options/period.js';
import { type Basis, openBasis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { amountsIn, type Bill, openBill, rowCosts } from '../run/bills.js';
import { deliver, deliverDocument, openTerminal } from '../run/deliver.js';
import { defineCommand } from './define.js';

const declareDiff = () =>
  withOptions(
    new Command('diff')
      .description('what changed between two exports, or an export and now; exits 1 where they differ')
      .addArgument(argument('[old]', 'a JSON, NDJSON or CSV export; - is stdin', { file: 'read' }))
      .addArgument(argument('[new]', 'another; without it the source is read', { file: 'read' })),
    [
      option(
        '--total <amount>',
        'reconcile OLD, or the source, with the amount of an invoice: 1234.55 credits, or "46.30 GBP"',
        { group: 'Diff:' },
        parsedBy(parseWritten, 'an amount such as 1234.55 or "46.30 GBP"'),
      ),
      ...resultOptions(DOCUMENT_FORMATS, 'the {"diff":{…}} document, one change a line'),
      ...filterOptions(),
      ...billOptions(),
    ],
  );

type DiffOptions = OptionsOf<typeof declareDiff>;

export const make = defineCommand({
  purpose: 'Check a bill:',
  examples: [
    ['o-copilot diff april.csv', 'an export against what upstream says now'],
    ['o-copilot diff old.json new.ndjson --json', 'two exports, whatever their formats'],
    ['o-copilot diff --total 1234.55', 'an invoice against the bill, and what could explain a gap'],
  ],

  declare: declareDiff,
  readsSource: ({ total }, old, fresh) => fresh === undefined && (old === undefined || total === undefined),
  async run(options, context, old, fresh) {
    const output = resultChoice(options, DOCUMENT_FORMATS);
    checkArguments(old, fresh, options);
    const basis = await openBasis(options, context);
    const equal =
      options.total === undefined
        ? await compare([old, fresh], options, basis, output, context)
        : await reconcile(old, options.total, options, basis, output, context);
    if (!equal) context.host.exitCode = 1;
  },
});

function checkArguments(old: string | undefined, fresh: string | undefined, options: DiffOptions): void {
  if (options.total !== undefined) {
    if (fresh === undefined) return;
    throw new CommandLineError('--total: reconciles one bill, so give OLD alone or nothing');
  }
  if (old === undefined) throw new CommandLineError('diff needs the export to compare with, or --total');
  const filter = (['since', 'until', 'report', 'kind'] as const).find((name) => options[name] !== undefined);
  if (fresh !== undefined && filter !== undefined) {
    throw new CommandLineError(`--${filter}: is for the source, and two files are compared as they are`);
  }
}

async function compare(
  paths: readonly [old: string | undefined, fresh: string | undefined],
  options: DiffOptions,
  basis: Basis,
  output: ResultChoice,
  context: Context,
): Promise<boolean> {
  const old = await openBill(paths[0], options, basis, context);
  const fresh = await openBill(paths[1], options, basis, context);
  try {
    const money = basis.prices && rowCosts(basis.prices);
    const newRenderer = await chooseDiffRenderer(output, { old: old.name, new: fresh.name }, context);
    return await deliver(output, context, async (writer) => {
      const compareRows = (sorted: boolean) =>
        readBoth(old, fresh, async (oldRows, newRows) => {
          await writer.restart();
          const renderer = newRenderer();
          const { changes, comparison } = compareBills(oldRows, newRows, sorted, money);
          await writer.write(renderer.head());
          for await (const batch of changes()) await writer.write(renderer.rows(batch));
          for (const piece of renderer.tail(comparison())) await writer.write(piece);
          return isEqual(comparison());
        });
      // Most bills rise by id and need no memory; the others are read again, into an index.
      const inOrder = old.rereadable && fresh.rereadable ? await compareRows(true) : undefined;
      return inOrder ?? (await compareRows(false)) ?? false;
    });
  } finally {
    await fresh.close();
  }
}

type Rows = AsyncGenerator<ExportRow[]>;

/** What `compare` makes of the rows of both; undefined when they were not sorted after all. */
function readBoth<Result>(
  old: Bill,
  fresh: Bill,
  compare: (oldRows: Rows, newRows: Rows) => Promise<Result>,
): Promise<Result | undefined> {
  return fresh.read((newRows) =>
    old.read(async (oldRows) => {
      try {
        return await compare(oldRows, newRows);
      } catch (error) {
        if (!(error instanceof UnsortedRows)) throw error;
        // A source is read to its end, whatever was found in it: a request broken off would be a failure.
        for await (const _ of newRows) {
          // Nothing is left to learn from them.
        }
        return undefined;
      } finally {
        await oldRows.return(undefined);
      }
    }),
  );
}

async function chooseDiffRenderer(
  output: ResultChoice,
  names: { readonly old: string; readonly new: string },
  { host }: Context,
): Promise<() => DiffRenderer> {
  if (output.format === 'json') return () => diffJson(names);
  const { diffTable } = await import('../../format/table/diff-table.js');
  const terminal = await openTerminal(output, host);
  return () => diffTable(names, terminal);
}

/**
 * Holds an export, or what the source has now, against the amount of an invoice.
 *
 * @returns whether they are equal
 */
async function reconcile(
  path: string | undefined,
  { amount: invoice, unit = CREDITS }: WrittenLimit,
  options: DiffOptions,
  basis: Basis,
  output: ResultChoice,
  context: Context,
): Promise<boolean> {
  // Copies are what a gap may come from, so they are counted here instead of being an error.
  const countCopies = path !== undefined || options.duplicates === 'keep';
  const inUnit = unit === CREDITS ? undefined : amountsIn(unit, basis.prices, path === undefined);
  const bill = await openBill(path, { ...options, duplicates: 'keep' }, basis, context);
  const sumUp = () =>
    bill.read(async (batches) => {
      const sums = createReconciliation(basis.zone, countCopies, unit);
      for await (const rows of batches) {
        sums.add(inUnit === undefined ? rows : rows.map(inUnit));
      }
      return sums.value(invoice);
    });
  try {
    const { difference } = await deliverDocument(output, context, sumUp, {
      json: (result) => reconciliationJson(bill.name, result),
      async table() {
        const { reconciliationTable } = await import('../../format/table/diff-table.js');
        return (result, terminal) => reconciliationTable(bill.name, result, terminal);
      },
    });
    return compareAmounts(difference, ZERO) === 0;
  } finally {
    await bill.close();
  }
}
