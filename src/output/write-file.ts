import { fileSink } from './file-sink.js';

/**
 * Replaces a small file as a whole.
 * @throws CannotCreateError, CannotWriteError
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const sink = await fileSink(path);
  try {
    await sink.write(content);
    await sink.commit();
  } finally {
    await sink.abandon();
  }
}
