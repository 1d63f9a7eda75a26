import { readExport } from '../document/export.js';
import type { ExportRow } from '../document/records.js';
import { openInput } from '../source/file.js';
import { usageRow } from '../usage/pricing/priced-row.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import type { RawFlags } from './options/setting-options.js';

/** A bill to be compared: an export, or the period that the source has now. */
export interface Bill {
  readonly name: string;
  /** Whether it can be read more than once. */
  readonly rereadable: boolean;
  /** Hands all rows to `consume`, which takes them to their end; a source may call it again, from the first row on. */
  read<Result>(consume: (rows: AsyncGenerator<ExportRow[]>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** @throws UnreadableError */
export async function openFileBill(path: string, { host, signal }: Run): Promise<Bill> {
  const file = await openInput(path, host.stdin, signal);
  return {
    name: file.name,
    rereadable: file.rereadable,
    read: (consume) => consume(readExport(file.name, file.bytes())),
    close: async () => {},
  };
}

/** @throws CommandLineError, SettingError, UnreadableError */
export async function openLiveBill(flags: RawFlags, run: Run): Promise<Bill> {
  const period = await openPeriod(flags, run, { textsUnread: true });
  return {
    name: period.sourceName,
    rereadable: period.settings.source !== '-',
    read: (consume) =>
      period.read((batches) =>
        consume(
          (async function* () {
            for await (const items of batches) yield items.map(usageRow);
          })(),
        ),
      ),
    close: period.close,
  };
}
