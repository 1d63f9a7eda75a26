import type { Amount } from '../../engine/index.js';
import type { Message, Place, ReportId } from '../message.js';

/**
 * A message that has not been taken out of the chunk it arrived in. A class, because its timestamp and text are
 * only cut out when somebody asks for them: a string on each object would cost more than reading it.
 */
export class ChunkMessage implements Message, Place {
  /** @param decoded the text, where it is not plain and somebody has made a string of it already */
  constructor(
    readonly id: number,
    readonly reportId: ReportId | undefined,
    readonly bytes: Buffer,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    readonly isPlainText: boolean,
    readonly textStart: number,
    readonly textEnd: number,
    private decoded: string | undefined,
    readonly textPrice: Amount | undefined,
  ) {}

  get place(): Place {
    return this;
  }

  get timestamp(): string {
    return this.bytes.toString('latin1', this.timestampStart, this.timestampEnd);
  }

  get text(): string {
    const { bytes, textStart, textEnd } = this;
    if (this.isPlainText) return bytes.toString('latin1', textStart, textEnd);
    this.decoded ??= String(JSON.parse(bytes.toString('utf8', textStart - 1, textEnd + 1)));
    return this.decoded;
  }
}
