import { readExport } from '../../document/export.js';
import type { ExportRow } from '../../document/records.js';
import { toAmount, ZERO } from '../../engine/index.js';
import { CommandLineError, DataError } from '../../errors.js';
import { type CreditPrices, costOf } from '../../rates/money.js';
import { openInput } from '../../source/file.js';
import type { RowCosts } from '../../usage/diff/compare-bills.js';
import { limitIn } from '../../usage/forecast/limit.js';
import { usageRow } from '../../usage/pricing/priced-row.js';
import type { Basis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { openPeriod, type PeriodOptions } from './period.js';

/** A bill to be compared: an export, or the period that the source has now. */
export interface Bill {
  readonly name: string;
  readonly rereadable: boolean;
  /** Hands all rows to `consume`, which takes them to their end; a source may call it again, from the first row on. */
  read<Result>(consume: (rows: AsyncGenerator<ExportRow[]>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The bill in the file `path`, or that of the source where there is none. */
export async function openBill(
  path: string | undefined,
  options: PeriodOptions,
  basis: Basis,
  context: Context,
): Promise<Bill> {
  if (path !== undefined) {
    const { name, rereadable, bytes } = await openInput(path, context.host.stdin, context.signal);
    const read: Bill['read'] = (consume) => consume(readExport(name, bytes()));
    return { name, rereadable, read, close: async () => {} };
  }
  const period = await openPeriod(options, context, { basis, textsUnread: true });
  return {
    name: period.sourceName,
    rereadable: basis.settings.source !== '-',
    read: (consume) =>
      period.read((batches) =>
        consume(
          (async function* () {
            for await (const items of batches) yield items.map(usageRow);
          })(),
        ),
      ),
    close: period.close,
  };
}

/** What the rows of bills cost: each its own cost, else that of its credits. Another currency is a DataError. */
export function rowCosts(prices: CreditPrices): RowCosts {
  const { currency, fixed } = prices;
  return {
    currency,
    costOf({ id, timestamp, credits, cost, currency: own }) {
      if (cost !== undefined) {
        if (own === currency) return cost;
        const other = `is ${own}, but the price of a credit is in ${currency}`;
        throw new DataError(
          `message ${id}`,
          own === undefined ? 'is missing beside a cost' : other,
          'currency',
        );
      }
      if (timestamp === undefined && fixed === undefined) {
        throw new DataError(`message ${id}`, 'needs a timestamp for its price', 'timestamp');
      }
      return costOf(credits, fixed ?? prices.priceOf({ id, timestamp: timestamp ?? '' }));
    },
  };
}

/**
 * Makes rows whose credits are amounts of money. A cost in an export counts as it is.
 *
 * @param hasNoCosts of their own, so that what is wrong is known before they are read
 * @throws CommandLineError where nothing says what a credit costs in that currency
 */
export function amountsIn(
  unit: string,
  prices: CreditPrices | undefined,
  hasNoCosts: boolean,
): (row: ExportRow) => ExportRow {
  const problem = limitIn({ amount: ZERO, unit }, prices?.currency);
  const costs = prices && typeof problem !== 'string' ? rowCosts(prices) : undefined;
  const refuse = () => new CommandLineError(`--total: ${problem}`);
  if (hasNoCosts && costs === undefined) throw refuse();
  return (row) => {
    if (costs !== undefined) return { ...row, credits: toAmount(costs.costOf(row)) };
    if (row.cost === undefined || row.currency !== unit) throw refuse();
    return { ...row, credits: toAmount(row.cost) };
  };
}
