import type { Message, Place, ReportId } from '../message.js';
import type { Stretch } from './stretch.js';

/**
 * A message that has not been taken out of the chunk it arrived in. A class, because its timestamp and text are
 * only cut out when somebody asks for them: a string on each object would cost more than reading it.
 */
export class ChunkMessage implements Message, Place {
  /** @param decoded the text, where it is not plain; otherwise empty */
  constructor(
    readonly id: number,
    readonly reportId: ReportId | undefined,
    readonly chunk: Stretch,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    readonly isPlainText: boolean,
    readonly textStart: number,
    readonly textEnd: number,
    private readonly decoded: string,
  ) {}

  get place(): Place {
    return this;
  }

  get timestamp(): string {
    return this.chunk.bytes.toString('latin1', this.timestampStart, this.timestampEnd);
  }

  get text(): string {
    return this.isPlainText
      ? this.chunk.bytes.toString('latin1', this.textStart, this.textEnd)
      : this.decoded;
  }
}
