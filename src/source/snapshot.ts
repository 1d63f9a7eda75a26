import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UnreadableError } from '../errors.js';
import { type ObjectReader, readDocument } from '../json/object-reader.js';
import { hasCode, reasonOf } from '../os-error.js';
import { readChunks } from './file.js';
import type { FileEntry } from './record.js';
import { limitConcurrency, REPORT_FILES_AT_ONCE, type Source } from './source.js';

/**
 * A folder that `snapshot` wrote: the bytes of one live run, offline. Every file is checked against the
 * manifest, the messages while they are read: the last of them is not given out before the sum is right.
 *
 * @throws UnreadableError without a manifest; DataError for one that is not ours
 */
export async function snapshotSource(folder: string, signal: AbortSignal): Promise<Source> {
  const manifest = await openManifest(folder);
  const reports = new Map(manifest.reports.map((report) => [report.id, report]));
  const missing = new Set(manifest.missing_reports);
  const limit = limitConcurrency(REPORT_FILES_AT_ONCE);

  return {
    name: `snapshot of ${manifest.source} (${manifest.period}, ${manifest.started_at})`,
    messages: async (consume) => {
      const file = await openListed(folder, manifest.messages);
      const stream = file.createReadStream({ signal });
      return consume(checked(readChunks(manifest.messages.file, stream, signal), manifest.messages, folder));
    },
    async report(id) {
      const entry = reports.get(String(id));
      if (entry !== undefined) return limit(() => readChecked(folder, entry));
      if (missing.has(String(id))) return undefined;
      throw new DataError(
        `snapshot ${folder}`,
        `holds nothing of report ${String(id)}, which a message names`,
      );
    },
    close: async () => {},
  };
}

async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  entry: FileEntry,
  folder: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  checkSum(hash.digest('hex'), entry, folder);
  if (held !== undefined) yield held;
}

async function readChecked(folder: string, entry: Manifest['reports'][number]): Promise<Uint8Array> {
  const file = await openListed(folder, entry);
  const bytes = await file.readFile().finally(() => file.close());
  checkSum(createHash('sha256').update(bytes).digest('hex'), entry, folder);
  return bytes;
}

async function openListed(folder: string, { file }: FileEntry): Promise<FileHandle> {
  try {
    return await open(join(folder, file));
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new DataError(`snapshot ${folder}`, `${file} is missing, which the manifest lists`);
    throw new UnreadableError(join(folder, file), reasonOf(error));
  }
}

function checkSum(sha256: string, entry: FileEntry, folder: string): void {
  if (sha256 === entry.sha256) return;
  throw new DataError(
    `snapshot ${folder}`,
    `${entry.file} does not match the snapshot: its SHA-256 is ${sha256}, the manifest says ${entry.sha256}`,
  );
}

export const MANIFEST = 'manifest.json';
const FORMAT = 'o-copilot-snapshot/1';

/** What a snapshot folder holds, and from where. */
export type Manifest = Awaited<ReturnType<typeof openManifest>>;

export function newManifest(contents: Omit<Manifest, 'format'>): string {
  return `${JSON.stringify({ format: FORMAT, ...contents }, null, 2)}\n`;
}

/** @throws UnreadableError without a manifest; DataError for one that this program does not read */
export async function openManifest(folder: string) {
  const content = await readFile(join(folder, MANIFEST), 'utf8').catch((error: unknown) => {
    throw new UnreadableError(folder, `is not a snapshot: ${MANIFEST}: ${reasonOf(error)}`);
  });
  const manifest = readDocument(content, `snapshot ${folder}, ${MANIFEST}`);
  if (manifest.members.get('format') !== FORMAT)
    throw manifest.refuse(`is not a manifest of the format ${FORMAT}`);
  return {
    format: FORMAT,
    program: manifest.text('program'),
    source: manifest.text('source'),
    period: manifest.text('period'),
    /** RFC 3339, UTC. */
    started_at: manifest.text('started_at'),
    finished_at: manifest.text('finished_at'),
    messages: fileEntry(manifest.object('messages')),
    /** By id, in the order of the ids. */
    reports: manifest.objects('reports').map((report) => ({ ...fileEntry(report), id: report.text('id') })),
    /** Ids of the reports that did not exist. */
    missing_reports: manifest.texts('missing_reports'),
  };
}

/** A file's name is checked too: a manifest must not lead out of its folder. */
function fileEntry(entry: ObjectReader): FileEntry {
  return {
    file: entry.matching(
      'file',
      /^(reports\/)?[\w%!'()*~-][\w.%!'()*~-]*$/,
      'the name of a file in the snapshot',
    ),
    bytes: entry.count('bytes'),
    sha256: entry.text('sha256'),
  };
}
