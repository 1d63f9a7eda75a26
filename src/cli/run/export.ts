import type { Instant } from '../../calendar/instant.js';
import type { Amount } from '../../engine/index.js';
import { CannotWriteError, CommandLineError } from '../../errors.js';
import { sumsInWords } from '../../format/amounts.js';
import { fileWriter } from '../../output/file.js';
import type { Writer } from '../../output/writer.js';
import type { Context } from '../process/host.js';
import { deliver } from './deliver.js';
import { type Period, type PeriodNeeds, usingPeriod } from './period.js';
import type { Attested } from './receipt.js';

/** Rows or sums of a period in a file, which a receipt may attest. */
export interface Export<Sums extends ExportSums = ExportSums> extends Attested {
  readonly textsUnread: boolean;
  write(period: Period, writer: Writer): Promise<WrittenExport<Sums>>;
}

interface ExportSums {
  readonly messages: number;
  readonly credits: Amount;
}

interface WrittenExport<Sums> {
  /** What was taken for now. */
  readonly asOf: Instant;
  /** Undefined when nobody read it to its end. */
  readonly sums: Sums | undefined;
}

/**
 * Makes an export, and its receipt where `receipt` names a file. That is opened first: an export whose receipt cannot
 * be written is not made.
 *
 * @returns the sums, or undefined when nobody read the export to its end
 * @throws CommandLineError; CannotCreateError; CannotWriteError, also where there is nothing to attest; as `open` does
 */
export async function runExport<Sums extends ExportSums>(
  made: Export<Sums>,
  { receipt: path }: { readonly receipt?: string | undefined },
  context: Context,
  open: (needs: PeriodNeeds) => Promise<Period>,
): Promise<Sums | undefined> {
  const { output, textsUnread } = made;
  if (path === undefined) {
    return usingPeriod(
      open({ textsUnread }),
      async (period) => (await deliverExport(made, period, context)).sums,
    );
  }
  if ((output.output ?? '-') === '-' && context.host.stdout.isTTY === true) {
    throw new CommandLineError('--receipt: needs an export that stays: --output FILE, or > FILE');
  }
  const receiptWriter = await fileWriter(path);
  try {
    const [{ observeExport }, { writeReceipt }] = await Promise.all([
      import('./receipt.js'),
      import('../../receipt/receipt.js'),
    ]);
    const observed = observeExport(made, context.host);
    return await usingPeriod(open({ ...observed.needs, textsUnread }), async (period) => {
      let sha256: string | undefined;
      const { asOf, sums } = await deliverExport(made, period, context, (digest) => {
        sha256 = digest;
      });
      const receipt = observed.receipt(period, asOf, sha256);
      if (receipt === undefined) {
        throw new CannotWriteError(path, 'nobody read the export to its end, so there is nothing to attest');
      }
      await receiptWriter.write(writeReceipt(receipt));
      await receiptWriter.commit();
      return sums;
    });
  } finally {
    await receiptWriter.abandon();
  }
}

function deliverExport<Sums extends ExportSums>(
  { output, write }: Export<Sums>,
  period: Period,
  context: Context,
  onDigest?: (sha256: string) => void,
): Promise<WrittenExport<Sums>> {
  return deliver(
    { ...output, onDigest },
    context,
    (writer) => write(period, writer),
    ({ sums }) => sums && sumsInWords(sums.messages, sums.credits, period.outOf()),
  );
}
