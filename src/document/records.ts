import type { Amount, AsciiBytes } from '../engine/index.js';
import type { Cost } from '../rates/money.js';

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
  readonly raw?: MessageBytes;
}

/** Where a message is in the span it arrived in. */
export interface MessageBytes {
  readonly span: AsciiBytes;
  readonly timestampStart: number;
  readonly timestampEnd: number;
  /** Whether the text is ASCII without escapes, and so is `[textStart, textEnd)` of the bytes unchanged. */
  readonly isPlainText: boolean;
  readonly textStart: number;
  readonly textEnd: number;
}

/** A report's name and fixed cost, checked. */
export interface Report {
  readonly name: string;
  /** Credits. */
  readonly cost: Amount;
}

/** One row of a usage export, checked. An empty text counts as none, since CSV cannot tell them apart. */
export interface ExportRow {
  readonly id: number | bigint;
  /** As written in the export; undefined where the export has no such field. */
  readonly timestamp: string | undefined;
  readonly reportName: string | undefined;
  /** Credits, exact. */
  readonly credits: Amount;
  /** Only where the export was made with such a field; a text in CSV and TSV, whatever it was. */
  readonly reportId: ReportId | undefined;
  readonly kind: string | undefined;
  readonly cost?: Cost | undefined;
  readonly currency?: string | undefined;
}
