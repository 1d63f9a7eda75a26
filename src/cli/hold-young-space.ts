import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Bytes of V8's space for young objects, of which it fills a half before it collects. */
const ENOUGH = 8 * 1024 * 1024;
/** Batches between two looks, which take 20 µs each. */
const LOOK_EVERY = 16;

/**
 * Keeps a long run as small as a short one: V8 doubles its space for young objects whenever as much as fits into
 * it has survived, however slowly, so that every run would end at 32 MiB, and as much again of the chunks that
 * garbage in it still points at. Four MiB between collections are as fast (docs/performance.md).
 *
 * The flag is read by V8 each time that it considers growing; it is the process's, so this is for the command line.
 *
 * @returns to be called with every batch of messages
 */
export function holdYoungSpace(): () => void {
  let batches = 0;
  let held = false;
  return () => {
    batches++;
    if (held || batches % LOOK_EVERY !== 0) return;
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young === undefined || young.space_size < ENOUGH) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    held = true;
  };
}
