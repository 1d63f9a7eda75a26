import { createHash } from 'node:crypto';
import { DataError } from '../../errors.js';
import { reportFileName } from '../file/file-source.js';
import type { ReportId } from '../message.js';

export const MANIFEST = 'manifest.json';
export const MESSAGES = 'messages.json';
const FORMAT = 'o-copilot-snapshot/1';

/** What a snapshot folder holds, and from where. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly program: string;
  readonly source: string;
  readonly period: string;
  /** RFC 3339, UTC. */
  readonly started_at: string;
  readonly finished_at: string;
  readonly messages: FileEntry;
  /** By id, in the order of the ids. */
  readonly reports: readonly (FileEntry & { readonly id: string })[];
  /** Ids of the reports that did not exist. */
  readonly missing_reports: readonly string[];
}

export interface FileEntry {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export function newManifest(contents: Omit<Manifest, 'format'>): string {
  return `${JSON.stringify({ format: FORMAT, ...contents }, null, 2)}\n`;
}

/** Where a report lies in a snapshot: under its id, or under a hash of it where file systems could not keep it. */
export function snapshotReportName(id: ReportId): string {
  const name = reportFileName(id);
  const keeps = name.length <= 120 && name === name.toLowerCase();
  return `reports/${keeps ? name : `sha256-${createHash('sha256').update(String(id)).digest('hex')}.json`}`;
}

/** @throws DataError when `content` is no manifest of a snapshot that this program reads */
export function readManifest(content: string, folder: string): Manifest {
  const where = `snapshot ${folder}, ${MANIFEST}`;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new DataError(where, 'is not valid JSON');
  }
  if (!isManifest(value)) throw new DataError(where, `is not a manifest of the format ${FORMAT}`);
  return value;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value.format !== FORMAT) return false;
  const texts = [value.program, value.source, value.period, value.started_at, value.finished_at];
  return (
    texts.every((text) => typeof text === 'string') &&
    isFileEntry(value.messages) &&
    Array.isArray(value.reports) &&
    value.reports.every((report) => isFileEntry(report) && 'id' in report && typeof report.id === 'string') &&
    Array.isArray(value.missing_reports) &&
    value.missing_reports.every((id) => typeof id === 'string')
  );
}

/** A file's name is checked too: a manifest must not lead out of its folder. */
function isFileEntry(value: unknown): value is FileEntry {
  return (
    isRecord(value) &&
    typeof value.file === 'string' &&
    /^(reports\/)?[\w%!'()*~-][\w.%!'()*~-]*$/.test(value.file) &&
    Number.isSafeInteger(value.bytes) &&
    typeof value.sha256 === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
