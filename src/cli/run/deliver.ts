import { visible } from '../../format/text.js';
import { openWriter, STDOUT_NAMES } from '../../output/file.js';
import type { Writer } from '../../output/writer.js';
import type { Context } from '../process/host.js';

/** Where a result goes. */
export interface Delivery {
  /** Undefined: stdout. */
  readonly output: string | undefined;
  readonly stream?: boolean;
  /** No message about a file that was written; otherwise a person at a terminal gets one. */
  readonly quiet?: boolean;
  /** Called with the SHA-256 in hex of the result once it is visible, unless its reader went away. */
  readonly onDigest?: ((sha256: string) => void) | undefined;
}

/**
 * Opens the destination of a result, lets `produce` write it, and makes it visible only when `produce` is done:
 * whatever goes wrong, nothing is left behind.
 *
 * @param describe what the result holds, for the person who waits for a file: `35 messages, 658.8 credits`
 * @throws whatever `produce` throws; CannotCreateError, CannotWriteError
 */
export async function deliver<Result>(
  { output, stream = false, quiet = false, onDigest }: Delivery,
  { host, signal }: Context,
  produce: (writer: Writer) => Promise<Result>,
  describe?: (result: Result) => string | undefined,
): Promise<Result> {
  const writer = await openWriter(output, host.stdout, { stream, digest: onDigest !== undefined });
  const abandon = () => void writer.abandon();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    const result = await produce(writer);
    signal.throwIfAborted();
    await writer.commit();
    const digest = writer.digest();
    if (digest !== undefined && !writer.closed) onDigest?.(digest);
    if (output !== undefined && !STDOUT_NAMES.includes(output) && !quiet && host.stderr.isTTY) {
      host.stderr.write(writtenLine(output, describe?.(result)));
    }
    return result;
  } finally {
    signal.removeEventListener('abort', abandon);
    await writer.abandon();
  }
}

/** What a person at a terminal reads of a command that shows nothing itself. */
export function writtenLine(path: string, content: string | undefined): string {
  return `o-copilot: wrote ${visible(path)}${content === undefined ? '' : `: ${content}`}\n`;
}
