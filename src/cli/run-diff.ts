import type { ExportRow } from '../document/records.js';
import { type DiffRenderer, diffJson, isEqual } from '../format/documents/diff.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import type { Writer } from '../output/writer.js';
import { compareBills, UnsortedRows } from '../usage/diff/compare-bills.js';
import { deliver } from './deliver.js';
import { diffRequestFrom } from './diff-request.js';
import type { Run } from './host.js';
import { type Bill, openFileBill, openLiveBill } from './open-bill.js';
import { openTerminal } from './open-terminal.js';
import { type ResultChoice, resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Runs `diff`. @returns whether the two are equal */
export async function runDiff(
  oldPath: string | undefined,
  newPath: string | undefined,
  flags: RawFlags,
  run: Run,
): Promise<boolean> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  const request = diffRequestFrom(oldPath, newPath, flags);
  if ('invoice' in request) {
    const { reconcile } = await import('./reconcile-bill.js');
    return reconcile(request.bill, request.invoice, flags, output, run);
  }
  const old = await openFileBill(request.old, run);
  const fresh =
    request.fresh === undefined ? await openLiveBill(flags, run) : await openFileBill(request.fresh, run);
  try {
    const newRenderer = await chooseRenderer(output, { old: old.name, new: fresh.name }, run);
    return await deliver(output, run, async (writer) => {
      const compare = (sorted: boolean) => compareInto(writer, newRenderer, { old, fresh, sorted, run });
      // Most bills rise by id and need no memory; the others are read again, into an index.
      const inOrder = old.rereadable && fresh.rereadable ? await compare(true) : undefined;
      return inOrder ?? (await compare(false)) ?? false;
    });
  } finally {
    await fresh.close();
  }
}

interface Comparing {
  readonly old: Bill;
  readonly fresh: Bill;
  readonly sorted: boolean;
  readonly run: Run;
}

/** Writes the comparison and says whether the two are equal; undefined when they were not sorted after all. */
function compareInto(
  writer: Writer,
  newRenderer: () => DiffRenderer,
  { old, fresh, sorted, run }: Comparing,
): Promise<boolean | undefined> {
  return fresh.read(async (newRows) => {
    await writer.restart();
    return old.read(async (oldRows) => {
      try {
        return await writeComparison(
          writer,
          newRenderer(),
          compareBills(oldRows, newRows, sorted),
          run.signal,
        );
      } catch (error) {
        if (!(error instanceof UnsortedRows)) throw error;
        // A source is read to its end, whatever was found in it: a request broken off would be a failure.
        await drain(newRows);
        return undefined;
      } finally {
        await oldRows.return(undefined);
      }
    });
  });
}

async function writeComparison(
  writer: Writer,
  renderer: DiffRenderer,
  { changes, comparison }: ReturnType<typeof compareBills>,
  signal: AbortSignal,
): Promise<boolean> {
  await writer.write(renderer.head());
  for await (const batch of changes()) {
    signal.throwIfAborted();
    await writer.write(renderer.rows(batch));
  }
  for (const piece of renderer.tail(comparison())) await writer.write(piece);
  return isEqual(comparison());
}

async function drain(rows: AsyncIterable<ExportRow[]>): Promise<void> {
  for await (const _ of rows) {
    // Nothing is left to learn from them.
  }
}

async function chooseRenderer(
  output: ResultChoice,
  names: { readonly old: string; readonly new: string },
  { host }: Run,
): Promise<() => DiffRenderer> {
  if (output.format === 'json') return () => diffJson(names);
  const { diffTable } = await import('../format/table/diff.js');
  const terminal = await openTerminal(output, host);
  return () => diffTable(names, terminal);
}
