import type { Piece } from '../../format/rows.js';
import type { Terminal } from '../../format/table/lines.js';
import { visible } from '../../format/text.js';
import { openWriter, STDOUT_NAMES } from '../../output/file.js';
import type { Writer } from '../../output/writer.js';
import { type ResultChoice, wantsColor } from '../options/output.js';
import type { Context, Host } from '../process/host.js';

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

/** How a document is written that has two forms. */
interface Forms<Value> {
  json(value: Value): string;
  /** Loads what draws it as a table. */
  table(): Promise<(value: Value, terminal: Terminal) => Iterable<Piece>>;
}

/** Makes a document and delivers it in the form that is chosen. */
export async function deliverDocument<Value>(
  output: ResultChoice,
  context: Context,
  make: () => Value | Promise<Value>,
  { json, table }: Forms<Value>,
): Promise<Value> {
  return deliver(output, context, async (writer) => {
    const value = await make();
    const pieces =
      output.format === 'json'
        ? [json(value)]
        : (await table())(value, await openTerminal(output, context.host));
    for (const piece of pieces) await writer.write(piece);
    return value;
  });
}

/** Delivers what `render` makes once the destination is open. */
export function deliverPieces(
  delivery: Delivery,
  context: Context,
  render: () => Promise<Iterable<Piece>>,
  describe?: () => string,
): Promise<void> {
  return deliver(
    delivery,
    context,
    async (writer) => {
      for (const piece of await render()) await writer.write(piece);
    },
    describe,
  );
}

type Destination = Pick<ResultChoice, 'output' | 'color'>;

/** The terminal that a result goes to, or one without colour and end where it goes to a file or a pipe. */
export async function openTerminal(destination: Destination, host: Host): Promise<Terminal> {
  const { Chalk } = await import('chalk');
  const colored = wantsColor(destination.color, host.env, isTerminal(destination, host));
  return { chalk: new Chalk({ level: colored ? 1 : 0 }), width: widthOf(destination, host) };
}

function isTerminal({ output }: Destination, { stdout }: Host): boolean {
  return stdout.isTTY === true && (output ?? '-') === '-';
}

/** Columns of the terminal; undefined elsewhere, and where it does not say. */
export function widthOf(destination: Destination, host: Host): number | undefined {
  return (isTerminal(destination, host) && host.stdout.columns) || undefined;
}
