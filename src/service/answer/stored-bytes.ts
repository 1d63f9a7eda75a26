import type { Spool } from '../../output/spool.js';

/** Bytes that several readers read at once. Their file goes when nobody reads them and they are out of use. */
export interface StoredBytes {
  readonly size: number;
  /** @throws where nobody reads them any more after `retire` */
  acquire(): Reference;
  /** No new readers will come. Safe twice. */
  retire(): void;
}

interface Reference {
  pieces(): Iterable<Uint8Array>;
  /** Safe twice. */
  release(): void;
}

/**
 * @param spool is closed by the last release after `retire`
 * @param onClose called then
 */
export function storeBytes(spool: Spool, size: number, onClose: () => void): StoredBytes {
  let readers = 0;
  let retired = false;
  const closeIfUnused = () => {
    if (!retired || readers > 0) return;
    spool.close();
    onClose();
  };

  return {
    size,
    acquire() {
      if (retired && readers === 0) throw new Error('an answer was sent after it was given up');
      readers++;
      let held = true;
      return {
        pieces: () => spool.pieces(),
        release() {
          if (!held) return;
          held = false;
          readers--;
          closeIfUnused();
        },
      };
    },
    retire() {
      retired = true;
      closeIfUnused();
    },
  };
}
