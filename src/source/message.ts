/** A report's id as upstream writes it: an integer (carried exactly), or a string. */
export type ReportId = number | bigint | string;

/** One message of the period, checked. */
export interface Message {
  /** An integer; a bigint where a double could not carry it exactly. */
  readonly id: number | bigint;
  /** RFC 3339, exactly as upstream sent it. */
  readonly timestamp: string;
  /** Undefined when absent or null. */
  readonly reportId: ReportId | undefined;
  /**
   * The text is `characters.slice(textStart, textEnd)`: a window into the chunk it arrived in, so that
   * pricing a message copies nothing. UTF-16 indexes.
   */
  readonly characters: string;
  readonly textStart: number;
  readonly textEnd: number;
}

export function textOf(message: Message): string {
  return message.characters.slice(message.textStart, message.textEnd);
}
