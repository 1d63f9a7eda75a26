import type { Instant } from '../../calendar/instant.js';
import { CommandLineError } from '../../errors.js';
import { sumsInWords } from '../../format/amounts.js';
import type { Writer } from '../../output/writer.js';
import type { Sum } from '../../usage/pricing/sums.js';
import type { ReceiptOptions } from '../options/period.js';
import type { Context } from '../process/host.js';
import { deliver } from './deliver.js';
import { type Period, type PeriodNeeds, usingPeriod } from './period.js';
import type { Attested } from './receipt.js';

type ExportSums = Pick<Sum, 'messages' | 'credits'>;

/** Rows or sums of a period in a file, which a receipt may attest. */
export interface Export<Sums extends ExportSums = ExportSums> extends Attested {
  readonly textsUnread: boolean;
  write(
    period: Period,
    writer: Writer,
  ): Promise<{
    /** What was taken for now. */
    readonly asOf: Instant;
    /** Undefined when nobody read it to its end. */
    readonly sums: Sums | undefined;
  }>;
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
  { receipt: path }: ReceiptOptions,
  context: Context,
  open: (needs: PeriodNeeds) => Promise<Period>,
): Promise<Sums | undefined> {
  const { output, textsUnread, write } = made;
  if (path !== undefined && (output.output ?? '-') === '-' && context.host.stdout.isTTY === true) {
    throw new CommandLineError('--receipt: needs an export that stays: --output FILE, or > FILE');
  }
  const receipt =
    path === undefined
      ? undefined
      : await (await import('./receipt.js')).openReceipt(path, made, context.host);
  try {
    return await usingPeriod(open({ ...receipt?.needs, textsUnread }), async (period) => {
      const { asOf, sums } = await deliver(
        { ...output, onDigest: receipt?.onDigest },
        context,
        (writer) => write(period, writer),
        ({ sums }) => sums && sumsInWords(sums.messages, sums.credits, period.outOf()),
      );
      await receipt?.write(period, asOf);
      return sums;
    });
  } finally {
    await receipt?.abandon();
  }
}
