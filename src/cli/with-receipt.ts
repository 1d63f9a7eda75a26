import { CannotWriteError, CommandLineError } from '../errors.js';
import { fileWriter } from '../output/file.js';
import type { Run } from './host.js';
import { type ExportJob, makeReceipt } from './make-receipt.js';
import type { Period } from './open-period.js';
import { openWitness, type Witness } from './witness.js';

/** The receipt of an export under way. */
export interface PendingReceipt {
  /** For `openPeriod`. */
  readonly watcher: Witness['watcher'];
  /** Takes the SHA-256 of the export once it is visible. */
  readonly seal: (sha256: string) => void;
  /** Writes the receipt, after the export. @throws CannotWriteError, also when nobody read the export to its end */
  readonly write: (period: Period) => Promise<void>;
}

/**
 * Runs `job`, with a receipt where `--receipt` asks for one. Its file is opened first, so that an export is not
 * made whose receipt cannot be.
 *
 * @throws CommandLineError, CannotCreateError, whatever `job` throws
 */
export async function withReceipt(
  made: ExportJob,
  run: Run,
  job: (receipt: PendingReceipt | undefined) => Promise<void>,
): Promise<void> {
  const path = made.flags.receipt;
  if (typeof path !== 'string') return job(undefined);
  refusePlaces(path, made, run);
  const writer = await fileWriter(path);
  try {
    const [witness, { writeReceipt }] = await Promise.all([openWitness(), import('../receipt/receipt.js')]);
    let sha256: string | undefined;
    await job({
      watcher: witness.watcher,
      seal: (digest) => {
        sha256 = digest;
      },
      async write(period) {
        const inputs = witness.inputs();
        if (sha256 === undefined || inputs === undefined) {
          throw new CannotWriteError(
            path,
            'nobody read the export to its end, so there is nothing to attest',
          );
        }
        await writer.write(
          writeReceipt(makeReceipt(made, period, { inputs, rows: witness.rows(), sha256 }, run.host)),
        );
        await writer.commit();
      },
    });
  } finally {
    await writer.abandon();
  }
}

function refusePlaces(path: string, { output: { output = '-' } }: ExportJob, { host }: Run): void {
  if (path === '' || path === '-') throw new CommandLineError('--receipt: needs the name of a file');
  if (output === '-' && host.stdout.isTTY === true) {
    throw new CommandLineError('--receipt: needs an export that stays: --output FILE, or > FILE');
  }
}
