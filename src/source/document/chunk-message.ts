import type { Message, ReportId } from '../message.js';

/**
 * A message that has not been taken out of the chunk it arrived in: a class, because its timestamp is only cut
 * out when somebody asks for it, and a property on each object would cost more than the cut.
 */
export class ChunkMessage implements Message {
  constructor(
    readonly id: number,
    readonly reportId: ReportId | undefined,
    /** Where the timestamp stands. */
    readonly chunk: string,
    readonly timestampStart: number,
    readonly timestampEnd: number,
    readonly characters: string,
    readonly textStart: number,
    readonly textEnd: number,
  ) {}

  get timestamp(): string {
    return this.chunk.slice(this.timestampStart, this.timestampEnd);
  }
}
