import { KINDS, type PageRow } from './contract.js';

/**
 * A row as it is embedded: `[messageId, timestamp, day, kind's index, credits, reportName?]`. Arrays, because
 * the keys of 100,000 objects would be half of the file.
 */
export type WireRow = [string, string, string, number, string, string?];

export function encodeRow(row: PageRow): WireRow {
  const { messageId, timestamp, day, kind, credits, reportName } = row;
  const wire: WireRow = [messageId, timestamp, day, KINDS.indexOf(kind), credits];
  if (reportName !== undefined) wire.push(reportName);
  return wire;
}

/** Throws a TypeError when `value` is not what `encodeRow` makes. */
export function decodeRow(value: unknown): PageRow {
  if (!Array.isArray(value)) throw new TypeError('a row is not an array');
  const [messageId, timestamp, day, kindIndex, credits, reportName]: unknown[] = value;
  const kind = typeof kindIndex === 'number' ? KINDS[kindIndex] : undefined;
  if (
    typeof messageId !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof day !== 'string' ||
    kind === undefined ||
    typeof credits !== 'string'
  ) {
    throw new TypeError('a row lacks a field');
  }
  const row = { messageId, timestamp, day, kind, credits };
  if (reportName === undefined) return row;
  if (typeof reportName !== 'string') throw new TypeError('a report name is not text');
  return { ...row, reportName };
}
