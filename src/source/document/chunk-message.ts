import type { Message, Place, ReportId } from '../message.js';
import type { Stretch } from './stretch.js';

/**
 * A message that has not been taken out of the chunk it arrived in. A class, because its timestamp and text are
 * only cut out when somebody asks for them: a string on each object would cost more than reading it.
 */
export class ChunkMessage implements Message, Place {
  /** @param decoded the text, where it is not plain; undefined where nobody was going to ask for it */
  constructor(
    readonly id: number,
    readonly reportId: ReportId | undefined,
    readonly chunk: Stretch,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    readonly isPlainText: boolean,
    readonly textStart: number,
    readonly textEnd: number,
    private readonly decoded: string | undefined,
  ) {}

  get place(): Place {
    return this;
  }

  get timestamp(): string {
    return this.chunk.bytes.toString('latin1', this.timestampStart, this.timestampEnd);
  }

  get text(): string {
    if (this.isPlainText) return this.chunk.bytes.toString('latin1', this.textStart, this.textEnd);
    if (this.decoded === undefined) throw new Error('asked for the text of a row that was told to need none');
    return this.decoded;
  }
}
