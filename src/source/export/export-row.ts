import type { Amount } from '../../engine/index.js';

/** One row of a usage export, checked. An empty text counts as none, since CSV cannot tell them apart. */
export interface ExportRow {
  readonly id: number | bigint;
  /** As it stands in the export; undefined where the export has no such field. */
  readonly timestamp: string | undefined;
  readonly reportName: string | undefined;
  /** Credits, exact. */
  readonly credits: Amount;
  /** Only where the export was made with such a field. */
  readonly reportId: string | undefined;
  readonly kind: string | undefined;
}
