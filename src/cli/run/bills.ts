import type { Settings } from '../../config/settings.js';
import { creditPricesOf } from '../../core/credit-prices.js';
import { readExport } from '../../document/export.js';
import type { ExportRow } from '../../document/records.js';
import { toAmount, ZERO } from '../../engine/index.js';
import { CommandLineError, DataError } from '../../errors.js';
import { costOf } from '../../rates/money.js';
import { openInput } from '../../source/file.js';
import { CREDITS, limitIn } from '../../usage/forecast/limit.js';
import { usageRow } from '../../usage/pricing/priced-row.js';
import { openRates, type RatesOptions } from '../options/run.js';
import type { Context } from '../process/host.js';
import { openPeriod, type PeriodOptions } from './period.js';

/** A bill to be compared: an export, or the period that the source has now. */
export interface Bill {
  readonly name: string;
  /** Whether it can be read more than once. */
  readonly rereadable: boolean;
  /** Hands all rows to `consume`, which takes them to their end; a source may call it again, from the first row on. */
  read<Result>(consume: (rows: AsyncGenerator<ExportRow[]>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** @throws UnreadableError */
export async function openFileBill(path: string, { host, signal }: Context): Promise<Bill> {
  const file = await openInput(path, host.stdin, signal);
  return {
    name: file.name,
    rereadable: file.rereadable,
    read: (consume) => consume(readExport(file.name, file.bytes())),
    close: async () => {},
  };
}

/** @throws CommandLineError, SettingError, UnreadableError */
export async function openLiveBill(options: PeriodOptions, context: Context): Promise<Bill> {
  const period = await openPeriod(options, context, { textsUnread: true });
  return {
    name: period.sourceName,
    rereadable: period.settings.source !== '-',
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

/**
 * Makes rows whose credits are amounts of money; undefined for an invoice in credits. A cost in an export counts as it is.
 *
 * @param hasNoCosts of their own, so that what is wrong is known before they are read
 * @throws CommandLineError where nothing says what a credit costs in that currency, SettingError
 */
export async function amountsIn(
  unit: string,
  settings: Settings,
  options: RatesOptions,
  hasNoCosts: boolean,
): Promise<((row: ExportRow) => ExportRow) | undefined> {
  if (unit === CREDITS) return undefined;
  const prices = creditPricesOf(settings, await openRates(options, settings.rules));
  const problem = limitIn({ amount: ZERO, unit }, prices?.currency);
  const check = () => {
    if (typeof problem === 'string') throw new CommandLineError(`--total: ${problem}`);
  };
  if (hasNoCosts) check();
  return (row: ExportRow): ExportRow => {
    const { id, timestamp, credits, cost, currency } = row;
    if (cost !== undefined && currency === unit) return { ...row, credits: toAmount(cost) };
    check();
    if (timestamp === undefined && prices?.fixed === undefined) {
      throw new DataError(`message ${id}`, 'needs a timestamp for its price', 'timestamp');
    }
    const price = prices?.priceOf({ id, timestamp: timestamp ?? '' });
    return price === undefined ? row : { ...row, credits: toAmount(costOf(credits, price)) };
  };
}
