import type { AsciiBytes } from '../engine/index.js';

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
  readonly text: string;
  /** For whoever reads every message: the same without a string made of it. */
  readonly place?: Place;
}

/** Where a message stands in the chunk it arrived in. */
export interface Place {
  readonly chunk: AsciiBytes;
  readonly timestampStart: number;
  readonly timestampEnd: number;
  /** Whether the text is ASCII without escapes, and so is `[textStart, textEnd)` of the bytes as it stands. */
  readonly isPlainText: boolean;
  readonly textStart: number;
  readonly textEnd: number;
}
