import type { AsciiBytes } from '../engine/index.js';
import type { Message, Place, ReportId } from '../source/message.js';

/** A message taken out of the chunk it arrived in, without its text unless a price may still need it. */
export class PackedMessage implements Message, Place {
  readonly isPlainText = false;
  readonly textStart = 0;
  readonly textEnd = 0;

  /**
   * @param chunk the bytes that hold its timestamp
   * @param kept its text, where it was kept
   */
  constructor(
    readonly id: number,
    readonly reportId: ReportId | undefined,
    readonly chunk: AsciiBytes,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    private readonly kept: string | undefined,
  ) {}

  get place(): Place {
    return this;
  }

  get timestamp(): string {
    return String.fromCharCode(...this.chunk.bytes.subarray(this.timestampStart, this.timestampEnd));
  }

  get text(): string {
    if (this.kept === undefined) throw new Error('asked for the text of a row that was told to need none');
    return this.kept;
  }
}
