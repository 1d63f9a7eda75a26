import { writeSync } from 'node:fs';

/** Writes all of `bytes`: one call may take a part only, which is how a disk fills up. */
export function writeFullySync(descriptor: number, bytes: Uint8Array): void {
  let start = 0;
  while (start < bytes.length) start += writeSync(descriptor, bytes, start);
}
