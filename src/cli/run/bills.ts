import type { Settings } from '../../config/settings.js';
import { creditPricesOf } from '../../core/open-usage.js';
import { readExport } from '../../document/export.js';
import type { ExportRow } from '../../document/records.js';
import { toAmount, ZERO } from '../../engine/index.js';
import { CommandLineError, DataError } from '../../errors.js';
import { type Cost, type CreditPrices, costOf } from '../../rates/money.js';
import { openInput } from '../../source/file.js';
import type { RowCosts } from '../../usage/diff/compare-bills.js';
import { CREDITS, limitIn } from '../../usage/forecast/limit.js';
import { usageRow } from '../../usage/pricing/priced-row.js';
import { openRates, type RatesOptions } from '../options/rows.js';
import { type SettingOptions, settingsOf } from '../options/settings.js';
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

/** What a row costs: its own cost in that currency, else that of its credits. */
function costOfRow(row: ExportRow, currency: string, prices: CreditPrices): Cost {
  const { id, timestamp, credits, cost } = row;
  if (cost !== undefined && row.currency === currency) return cost;
  if (timestamp === undefined && prices.fixed === undefined) {
    throw new DataError(`message ${id}`, 'needs a timestamp for its price', 'timestamp');
  }
  return costOf(credits, prices.fixed ?? prices.priceOf({ id, timestamp: timestamp ?? '' }));
}

/** What the rows of bills cost; undefined where a credit has no price. @throws CommandLineError, SettingError */
export async function rowCosts(
  options: SettingOptions & RatesOptions,
  { host }: Context,
): Promise<RowCosts | undefined> {
  const settings = await settingsOf(options, host);
  const prices = creditPricesOf(settings, await openRates(options, settings.rules));
  if (prices === undefined) return undefined;
  const { currency } = prices;
  return { currency, costOf: (row) => costOfRow(row, currency, prices) };
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
  return (row) => {
    if (row.cost !== undefined && row.currency === unit) return { ...row, credits: toAmount(row.cost) };
    check();
    return prices === undefined ? row : { ...row, credits: toAmount(costOfRow(row, unit, prices)) };
  };
}
