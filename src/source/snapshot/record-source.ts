import type { Source } from '../source.js';
import { type FileEntry, MESSAGES, snapshotReportName } from './manifest.js';

/** Where the bytes are kept; a file opened again begins anew. */
interface Keeper {
  openFile(name: string): Promise<{
    write(bytes: Uint8Array): void;
    close(): Promise<Omit<FileEntry, 'file'>>;
  }>;
}

/** The same source, with every byte that it gives also kept. */
export function recordSource(source: Source, keeper: Keeper) {
  let messages: FileEntry | undefined;
  const reports = new Map<string, FileEntry>();
  const missing: string[] = [];

  const recorded: Source = {
    name: source.name,
    close: () => source.close(),
    messages: (consume) =>
      source.messages(async (bytes) => {
        const file = await keeper.openFile(MESSAGES);
        try {
          return await consume(copied(bytes, file));
        } finally {
          messages = { file: MESSAGES, ...(await file.close()) };
        }
      }),
    async report(id) {
      const bytes = await source.report(id);
      if (bytes === undefined) {
        missing.push(String(id));
        return undefined;
      }
      const name = snapshotReportName(id);
      const file = await keeper.openFile(name);
      file.write(bytes);
      reports.set(String(id), { file: name, ...(await file.close()) });
      return bytes;
    },
  };

  return {
    source: recorded,
    /** What was kept; `messages` is undefined before they were read. */
    kept: () => ({ messages, reports, missing }),
  };
}

async function* copied(
  bytes: AsyncIterable<Uint8Array>,
  file: { write(bytes: Uint8Array): void },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    file.write(chunk);
    yield chunk;
  }
}
