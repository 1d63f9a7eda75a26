import { createHash } from 'node:crypto';
import type { ReportId } from '../document/records.js';
import { reportFileName } from './file.js';
import type { Source } from './source.js';

/** What was stored of a document. */
export interface FileEntry {
  readonly file: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Where the bytes are stored; a file opened again begins anew. */
interface FileStore {
  openFile(name: string): Promise<{
    write(bytes: Uint8Array): void;
    close(): Promise<Omit<FileEntry, 'file'>>;
  }>;
}

/** Records every byte that a source yields, for a snapshot. */
export function createRecorder(store: FileStore) {
  /** Undefined before the messages document was read to its end. */
  let messages: FileEntry | undefined;
  const reports = new Map<string, FileEntry>();
  const missing = new Set<string>();

  return {
    /** The same source, recorded. */
    wrap: (source: Source): Source => ({
      name: source.name,
      close: () => source.close(),
      messages: (consume) =>
        source.messages(async (bytes) => {
          messages = undefined;
          const file = await store.openFile('messages.json');
          let hasEnded = false;
          async function* copied(): AsyncGenerator<Uint8Array> {
            for await (const chunk of bytes) {
              file.write(chunk);
              yield chunk;
            }
            hasEnded = true;
          }
          try {
            return await consume(copied());
          } finally {
            const written = await file.close();
            if (hasEnded) messages = { file: 'messages.json', ...written };
          }
        }),
      async report(id) {
        const bytes = await source.report(id);
        if (bytes === undefined) {
          missing.add(String(id));
          return undefined;
        }
        const name = snapshotReportName(id);
        const file = await store.openFile(name);
        file.write(bytes);
        reports.set(String(id), { file: name, ...(await file.close()) });
        return bytes;
      },
    }),

    /** What was recorded, in the order of the ids by UTF-16 unit. */
    recorded: () => ({
      messages,
      reports: [...reports].map(([id, entry]) => ({ id, ...entry })).sort((a, b) => (a.id < b.id ? -1 : 1)),
      missing: [...missing].sort(),
    }),
  };
}

/** Names of devices in Windows, whatever their ending, and what no name may hold there. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)\.|\*/;

/**
 * Where a report lies in a snapshot: under its id, or under a hash of it where some file system cannot hold it, or takes
 * it for another one that differs in case.
 */
export function snapshotReportName(id: ReportId): string {
  const name = reportFileName(id);
  const isPortable = name.length <= 120 && name === name.toLowerCase() && !RESERVED.test(name);
  return `reports/${isPortable ? name : `sha256-${sha256Of(String(id))}.json`}`;
}

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** Records the digests of a source's documents alone, for a receipt. */
export function createInputDigests() {
  const { wrap, recorded } = createRecorder({
    async openFile() {
      const hash = createHash('sha256');
      let bytes = 0;
      return {
        write(chunk) {
          hash.update(chunk);
          bytes += chunk.length;
        },
        close: async () => ({ bytes, sha256: hash.digest('hex') }),
      };
    },
  });

  return {
    wrap,
    /** Undefined before the messages document was read to its end. */
    value() {
      const { messages, reports, missing } = recorded();
      if (messages === undefined) return undefined;
      const lines = reports.map(({ id, sha256 }) => `${id} ${sha256}\n`);
      return {
        /** SHA-256 in hex of the messages document, decompressed. */
        messages: messages.sha256,
        /** `sha256`: in hex, of the lines `id sha256`, each with a newline, in the order of the ids. */
        reports: { count: lines.length, sha256: sha256Of(lines.join('')) },
        /** Ids of the reports that did not exist, in the same order. */
        missing,
      };
    },
  };
}
