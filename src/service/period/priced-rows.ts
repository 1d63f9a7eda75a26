import type { Message, Report, ReportId } from '../../document/records.js';
import { type Amount, hundredths } from '../../engine/index.js';
import { RowBytes } from '../../format/data/row-bytes.js';
import { Span } from '../../json/spans.js';
import type { MessagePricer } from '../../usage/pricing/message-pricer.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { type MemoryAccount, overloaded } from '../shared/memory-budget.js';
import { mix, mixBytes, type ReadTexts, StoredMessage, TextStore } from './row-bytes.js';

/** Rows of a block; a power of two, so that a row is found by shifting. */
const BLOCK_BITS = 14;
const BLOCK_ROWS = 2 ** BLOCK_BITS;
/** Bytes of a row's numbers: id, price, report, hash, and the ends of timestamp and text. */
const NUMBERS_A_ROW = 28;
/** Bytes of an entry in one of the maps for what does not fit the columns, about. */
const BYTES_AN_EXCEPTION = 150;
/** The highest price in a column, in hundredths of a credit. */
const HIGHEST_PRICE = 2 ** 31 - 1;
const OTHER_PRICE = -1;
const NO_REPORT = -1;
const NOTHING = new Span(Buffer.alloc(0));

class Block {
  ids = new Float64Array(BLOCK_ROWS);
  prices = new Int32Array(BLOCK_ROWS);
  reports = new Int32Array(BLOCK_ROWS);
  /** Of all that an answer shows of the row, but for what its report says. */
  hashes = new Int32Array(BLOCK_ROWS);
  timestampEnds = new Uint32Array(BLOCK_ROWS);
  textEnds = new Uint32Array(BLOCK_ROWS);
  timestamps = NOTHING;
  readTexts: ReadTexts | undefined;
}

/**
 * The messages of a document, each priced by its text, column by column: about 60 bytes a row beside its text. Whether
 * its report prices it is for each answer to find out.
 */
export class PricedRows {
  private readonly blocks: Block[] = [];
  private readonly texts: TextStore;
  private readonly otherIds = new Map<number, bigint>();
  /** Each throws what pricing the text threw. */
  private readonly otherPrices = new Map<number, () => Amount>();
  /** Texts that UTF-8 cannot carry. */
  private readonly otherTexts = new Map<number, string>();
  private readonly reportNumbers = new Map<ReportId, number>();
  private readonly reportHashes: number[] = [];
  /** Each report that a message names. */
  readonly reportIds: ReportId[] = [];
  length = 0;
  /** Bytes of all texts. */
  textSize = 0;

  private readonly timestampBytes = new RowBytes();
  private readonly textBytes = new RowBytes();

  constructor(
    private readonly priceByText: MessagePricer,
    private readonly account: MemoryAccount,
  ) {
    this.texts = new TextStore(account);
  }

  /** @throws Refusal (503) where the budget has no memory left for them */
  add(messages: readonly Message[]): void {
    for (const message of messages) this.addRow(message);
  }

  /** Call once, after the last row. */
  end(): void {
    const rows = this.length % BLOCK_ROWS;
    if (rows === 0) return;
    const block = this.blockOf(this.length - 1);
    block.ids = block.ids.slice(0, rows);
    block.prices = block.prices.slice(0, rows);
    block.reports = block.reports.slice(0, rows);
    block.hashes = block.hashes.slice(0, rows);
    block.timestampEnds = block.timestampEnds.slice(0, rows);
    block.textEnds = block.textEnds.slice(0, rows);
    this.endBlock();
  }

  private addRow(message: Message): void {
    const row = this.length++;
    const at = row & (BLOCK_ROWS - 1);
    if (at === 0) this.blocks.push(new Block());
    const block = this.blockOf(row);
    const timestampStart = this.timestampBytes.size;
    const { raw } = message;
    if (raw === undefined) this.timestampBytes.text(message.timestamp);
    else this.timestampBytes.range(raw.span.view, raw.timestampStart, raw.timestampEnd);
    block.timestampEnds[at] = this.timestampBytes.size;
    this.addText(message, row);
    block.textEnds[at] = this.textBytes.size;

    if (typeof message.id === 'number') block.ids[at] = message.id;
    else this.addException(this.otherIds, row, message.id);
    const price = this.priceOf(message, row);
    block.prices[at] = price;
    const report = message.reportId === undefined ? NO_REPORT : this.reportNumber(message.reportId);
    block.reports[at] = report;
    let hash = mix(Number(message.id) % 2 ** 32, price);
    hash = mix(hash, Math.floor(Number(message.id) / 2 ** 32));
    hash = mix(hash, report === NO_REPORT ? NO_REPORT : (this.reportHashes[report] ?? 0));
    block.hashes[at] = mixBytes(hash, this.timestampBytes.view, timestampStart, this.timestampBytes.size);
    if (at === BLOCK_ROWS - 1) this.endBlock();
  }

  private addText(message: Message, row: number): void {
    const { raw } = message;
    if (raw?.isPlainText) this.textBytes.range(raw.span.view, raw.textStart, raw.textEnd);
    else if (/\p{Surrogate}/u.test(message.text)) this.addException(this.otherTexts, row, message.text);
    else this.textBytes.text(message.text);
  }

  /** Whatever is wrong counts only for an answer that shows the row by its text. */
  private priceOf(message: Message, row: number): number {
    let other: () => Amount;
    try {
      const price = this.priceByText(message);
      if (typeof price === 'number' && price >= 0 && price <= HIGHEST_PRICE) return price;
      other = () => price;
    } catch (error) {
      other = () => {
        throw error;
      };
    }
    this.addException(this.otherPrices, row, other);
    return OTHER_PRICE;
  }

  private addException<Value>(exceptions: Map<number, Value>, row: number, value: Value): void {
    this.account.take(BYTES_AN_EXCEPTION);
    exceptions.set(row, value);
  }

  private reportNumber(id: ReportId): number {
    const known = this.reportNumbers.get(id);
    if (known !== undefined) return known;
    this.account.take(BYTES_AN_EXCEPTION);
    const number = this.reportIds.push(id) - 1;
    this.reportNumbers.set(id, number);
    let hash = 0;
    for (const character of String(id)) hash = mix(hash, character.codePointAt(0) ?? 0);
    this.reportHashes.push(hash);
    return number;
  }

  private endBlock(): void {
    const block = this.blockOf(this.length - 1);
    const timestamps = this.timestampBytes.take();
    this.account.take(timestamps.length + block.ids.length * NUMBERS_A_ROW);
    block.timestamps = new Span(timestamps);
    this.textSize += this.textBytes.size;
    block.readTexts = this.texts.append(this.textBytes.take());
  }

  private blockOf(row: number): Block {
    const block = this.blocks[row >>> BLOCK_BITS];
    if (block === undefined) throw new RangeError(`there is no row ${row}`);
    return block;
  }

  /** Its id, time and report; its text is read on demand. */
  message(row: number): Message {
    const block = this.blockOf(row);
    const at = row & (BLOCK_ROWS - 1);
    const report = block.reports[at] ?? NO_REPORT;
    return new StoredMessage(
      this.otherIds.get(row) ?? block.ids[at] ?? 0,
      report === NO_REPORT ? undefined : this.reportIds[report],
      block.timestamps,
      at === 0 ? 0 : (block.timestampEnds[at - 1] ?? 0),
      block.timestampEnds[at] ?? 0,
      this,
      row,
    );
  }

  /**
   * @param reports by their places in `reportIds`; undefined for one that does not exist
   * @throws what pricing the text threw, where no report prices the row
   */
  item(row: number, reports: ReadonlyMap<number, Report | undefined>): UsageItem {
    const number = this.reportOf(row);
    const report = number === undefined ? undefined : reports.get(number);
    return { message: this.message(row), report, credits: report?.cost ?? this.textPrice(row) };
  }

  private textPrice(row: number): Amount {
    const other = this.otherPrices.get(row);
    return other === undefined ? hundredths(this.blockOf(row).prices[row & (BLOCK_ROWS - 1)] ?? 0) : other();
  }

  /** The index in `reportIds` of the report that the row names. */
  reportOf(row: number): number | undefined {
    const report = this.blockOf(row).reports[row & (BLOCK_ROWS - 1)];
    return report === NO_REPORT ? undefined : report;
  }

  hashOf(row: number): number {
    return this.blockOf(row).hashes[row & (BLOCK_ROWS - 1)] ?? 0;
  }

  /** @throws Refusal (503) where there was not enough memory for the texts */
  textOf(row: number): string {
    const other = this.otherTexts.get(row);
    if (other !== undefined) return other;
    const { readTexts, textEnds } = this.blockOf(row);
    if (readTexts === undefined)
      throw overloaded(
        'not enough memory or disk space for the texts of the messages (--max-memory, temporary folder)',
      );
    const at = row & (BLOCK_ROWS - 1);
    return readTexts(at === 0 ? 0 : (textEnds[at - 1] ?? 0), textEnds[at] ?? 0).toString();
  }

  /** Whether `textOf` can read every text. */
  holdTexts(): boolean {
    return this.blocks.every(({ readTexts }) => readTexts !== undefined);
  }

  /** The rows of the message `id`, in order. */
  *find(id: number | bigint): Generator<number> {
    if (typeof id === 'bigint') {
      for (const [row, other] of this.otherIds) if (other === id) yield row;
      return;
    }
    for (const [number, { ids }] of this.blocks.entries()) {
      for (let at = ids.indexOf(id); at !== -1; at = ids.indexOf(id, at + 1)) {
        const row = number * BLOCK_ROWS + at;
        if (row < this.length && !this.otherIds.has(row)) yield row;
      }
    }
  }

  close(): void {
    this.texts.close();
  }
}
