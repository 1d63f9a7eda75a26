import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Instant, instantOf, parseInstant } from '../../calendar/instant.js';
import { readExport } from '../../document/export.js';
import type { ExportRow } from '../../document/records.js';
import { RULESET_VERSIONS } from '../../engine/index.js';
import { DataError, UnreadableError } from '../../errors.js';
import { unreadable } from '../../os-error.js';
import { type Cost, type CreditPrices, formatCost } from '../../rates/money.js';
import { RECEIPT_FORMAT, type Receipt, readReceipt } from '../../receipt/receipt.js';
import { readFileChunks } from '../../source/file.js';
import { openManifest } from '../../source/snapshot.js';
import type { HistoryInput } from '../../usage/history/history.js';
import { type InputSums, sumInput } from '../../usage/history/input-sums.js';
import { usageRow } from '../../usage/pricing/priced-row.js';
import type { BillOptions } from '../options/period.js';
import type { Basis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { openPeriod, usingPeriod } from './period.js';

/** An input that was read, and can be read again up to an instant. */
export interface ReadInput extends HistoryInput {
  /** What priced the messages; undefined where nothing says so. */
  readonly rules: string | undefined;
  /** Of its costs; undefined where it has none. */
  readonly currency: string | undefined;
  readonly sumUntil: (until: Instant) => Promise<InputSums>;
}

/**
 * Reads exports, snapshots and the receipts of exports, one after the other.
 *
 * @throws UnreadableError; DataError for what is no whole period, has no time, or was made by other rules or in another
 *   currency than the rest
 */
export async function readInputs(
  paths: readonly string[],
  options: BillOptions,
  basis: Basis,
  context: Context,
): Promise<ReadInput[]> {
  const receipts = new Map<string, { readonly name: string; readonly receipt: Receipt }>();
  const opened: [path: string, read: ReadFile][] = [];
  for (const path of paths) {
    const stats = await stat(path).catch(unreadable(path));
    if (stats.isDirectory()) opened.push([path, readSnapshot]);
    else if (!stats.isFile()) throw new UnreadableError(path, 'it is no file, and may have to be read twice');
    else if (await isReceipt(path, context.signal)) {
      const receipt = readReceipt(await readFile(path, 'utf8'), path);
      receipts.set(receipt.output.sha256, { name: path, receipt });
    } else opened.push([path, readExportFile]);
  }
  const inputs: ReadInput[] = [];
  const used = new Set<string>();
  for (const [path, read] of opened) {
    const input = await read(path, options, basis, context, (sha256) => {
      used.add(sha256);
      return receipts.get(sha256)?.receipt;
    });
    if (input.sums.month === undefined) {
      throw new DataError(path, 'has no message, so that its period is not known; leave it out');
    }
    inputs.push(input);
  }
  for (const [sha256, { name }] of receipts) {
    if (!used.has(sha256)) throw new DataError(name, 'is the receipt of none of the exports');
  }
  checkSame(inputs, 'rules', 'price both by the same: from snapshots, with one --rules and one --rates');
  checkSame(inputs, 'currency', 'export both in one currency, or without costs');
  return inputs;
}

const RECEIPT = new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${RECEIPT_FORMAT}"`);

/** A receipt says what it is in its first member. */
async function isReceipt(path: string, signal: AbortSignal): Promise<boolean> {
  for await (const chunk of readFileChunks(path, signal)) {
    return RECEIPT.test(Buffer.from(chunk.subarray(0, 200)).toString('latin1'));
  }
  return false;
}

/** Those that nothing is known of are not compared. */
function checkSame(inputs: readonly ReadInput[], key: 'rules' | 'currency', advice: string): void {
  const [first, ...others] = inputs.filter((input) => input[key] !== undefined);
  const other = others.find((input) => input[key] !== first?.[key]);
  if (other === undefined) return;
  throw new DataError(
    other.name,
    `is ${other[key]}, but ${first?.name} has ${first?.[key]}: they cannot be compared; ${advice}`,
    key,
  );
}

type ReadFile = (
  path: string,
  options: BillOptions,
  basis: Basis,
  context: Context,
  receiptOf: (sha256: string) => Receipt | undefined,
) => Promise<ReadInput>;

const readSnapshot: ReadFile = async (path, options, basis, context) => {
  const { zone, card, prices } = basis;
  const settings = { ...basis.settings, source: path };
  const { finished_at } = await openManifest(path);
  const madeAt = parseInstant(finished_at);
  if (madeAt === undefined)
    throw new DataError(`snapshot ${path}`, 'is no RFC 3339 timestamp', 'finished_at');
  const sumUntil = async (until?: Instant) => {
    const opening = openPeriod(options, context, { basis: { ...basis, settings }, textsUnread: true });
    return usingPeriod(opening, (period) =>
      period.read(async (batches) => {
        const sums = sumInput(zone, prices !== undefined, until);
        for await (const items of batches) {
          for (const item of items) {
            const { reportName, credits } = usageRow(item);
            const instant = instantOf(item.message.timestamp);
            sums.add({ instant, reportName, credits, price: prices?.priceOf(item.message) });
          }
        }
        return sums.value();
      }),
    );
  };
  return {
    name: path,
    madeAt,
    madeBy: 'snapshot',
    sums: await sumUntil(),
    rules: rulesText(settings.rules, RULESET_VERSIONS[settings.rules], card?.sha256 ?? null),
    currency: prices?.currency,
    sumUntil,
  };
};

const readExportFile: ReadFile = async (path, _, { zone, prices }, { signal }, receiptOf) => {
  const { mtimeMs } = await stat(path);
  const sumUntil = async (until?: Instant) => {
    const hash = createHash('sha256');
    let sums: ReturnType<typeof sumInput> | undefined;
    let currency: string | undefined;
    for await (const rows of readExport(path, hashed(readFileChunks(path, signal), hash))) {
      for (const row of rows) {
        const instant = timeOf(row, path);
        const costs = costsOf(row, path, prices);
        sums ??= sumInput(zone, costs.currency !== undefined, until);
        if (currency !== undefined && costs.currency !== currency) {
          throw rowError(path, row, `is not ${currency} as the rows before it`, 'currency');
        }
        currency = costs.currency;
        sums.add({ ...costs, instant, reportName: row.reportName, credits: row.credits });
      }
    }
    return { sums: (sums ?? sumInput(zone, false)).value(), currency, sha256: hash.digest('hex') };
  };
  const { sums, currency, sha256 } = await sumUntil();
  const receipt = receiptOf(sha256);
  if (receipt !== undefined) checkReceipt(receipt, path, sums.total.cost);
  const { ruleset = '', version = 0, rates_sha256 = null } = receipt?.rules ?? {};
  const made = receipt === undefined ? undefined : parseInstant(receipt.as_of);
  return {
    name: path,
    madeAt: made ?? Math.floor(mtimeMs),
    madeBy: made === undefined ? 'file' : 'receipt',
    sums,
    rules: receipt && rulesText(ruleset, version, rates_sha256),
    currency: currency ?? receipt?.rows.currency,
    sumUntil: async (until) => (await sumUntil(until)).sums,
  };
};

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

const rowError = (path: string, { id }: ExportRow, problem: string, field: string) =>
  new DataError(`${path}, message ${id}`, problem, field);

function rulesText(ruleset: string, version: number, rates: string | null): string {
  return `${ruleset}, version ${version}${rates === null ? '' : `, rates ${rates.slice(0, 12)}`}`;
}

/** Filters of rows; times may be what makes a period of a longer document. */
function checkReceipt({ flags, rows }: Receipt, path: string, cost: Cost | undefined): void {
  const filter = ['report', 'kind', 'limit', 'offset'].find((name) => name in flags);
  if (filter !== undefined) {
    throw new DataError(path, `is a part of its period, made with --${filter}; export all of it`);
  }
  if (cost === undefined || rows.cost === undefined || formatCost(cost) === rows.cost) return;
  const problem = `${formatCost(cost)} by the price in force, but ${rows.cost} ${rows.currency} by its receipt`;
  throw new DataError(path, `${problem}; use its price, or export it again with --fields and cost`, 'cost');
}

/** Its own cost, where the export has it, else that of its credits. */
function costsOf(row: ExportRow, path: string, prices: CreditPrices | undefined) {
  const { id, timestamp = '', cost, currency } = row;
  if (cost !== undefined) {
    if (currency !== undefined) return { cost, currency };
    throw rowError(path, row, 'has a cost and no currency; export both fields', 'currency');
  }
  return { price: prices?.priceOf({ id, timestamp }), currency: prices?.currency };
}

function timeOf(row: ExportRow, path: string): Instant {
  const instant = row.timestamp === undefined ? undefined : parseInstant(row.timestamp);
  if (instant !== undefined) return instant;
  throw rowError(path, row, 'needs an RFC 3339 timestamp; export with that field', 'timestamp');
}
