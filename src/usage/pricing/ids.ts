import { createHash } from 'node:crypto';
import type { Message } from '../../document/records.js';
import { DataError } from '../../errors.js';
import type { DuplicateRule } from './priced-row.js';

/**
 * Decides which messages of a period count, by their ids. Made anew for each reading of the document.
 *
 * @returns whether the message counts
 * @throws DataError at a duplicate id (`error`), or one with different content (`once`)
 */
export function createDuplicateCheck(rule: DuplicateRule): (message: Message) => boolean {
  if (rule === 'keep') return () => true;
  return rule === 'error' ? rejectCopies() : dropEqualCopies();
}

function rejectCopies(): (message: Message) => boolean {
  const history = createIdHistory();
  return (message) => {
    if (history.add(message.id)) return true;
    throw new DataError(
      `message ${message.id}`,
      'occurs twice in the period; --duplicates once drops equal copies, --duplicates keep bills each',
    );
  };
}

function dropEqualCopies(): (message: Message) => boolean {
  const digests = createIdTable(true);
  return (message) => {
    const digest = contentDigest(message);
    const earlier = digests.addOrGet(message.id, digest);
    if (earlier === undefined) return true;
    if (earlier === digest) return false;
    throw new DataError(
      `message ${message.id}`,
      'occurs twice with different content, so --duplicates once cannot choose',
    );
  };
}

/** 48 bits of SHA-256 over everything in a message: as many as a double holds exactly. */
function contentDigest(message: Message): number {
  const content = JSON.stringify([message.timestamp, typeof message.reportId, String(message.reportId)]);
  return createHash('sha256').update(content).update(message.text).digest().readUIntBE(0, 6);
}

/*
 * Message ids already seen. There may be millions, so they are held in far less memory than a `Set` or `Map` takes.
 */

/**
 * Knows which message ids were seen. While ids only rise (or only fall) it costs next to no memory; from the
 * first one out of order on, every id is in a table of at most 40 bytes an id.
 */
export function createIdHistory() {
  const table = createIdTable(false);
  let log: ReturnType<typeof createIdLog> | undefined = createIdLog();

  return {
    /** Adds `id`; false when it was there already. */
    add(id: number | bigint): boolean {
      if (log !== undefined && typeof id === 'number') {
        if (log.append(id)) return true;
        for (const earlier of log.ids()) table.addOrGet(earlier);
        log = undefined;
      }
      return table.addOrGet(id) === undefined;
    },
  };
}

/**
 * A strictly monotonic sequence of safe integers as run lengths of equal steps: nothing grows while ids are
 * consecutive, and about two bytes an id where the gaps vary.
 */
function createIdLog() {
  let bytes = new Uint8Array(256);
  let length = 0;
  let first: number | undefined;
  let last = 0;
  let step = 0;
  let repeats = 0;

  /** False, and nothing added, where `id` ends the monotonic sequence. */
  function append(id: number): boolean {
    if (first === undefined) {
      first = id;
      last = id;
      return true;
    }
    const next = id - last;
    // A step beyond 2^53 is not exact, so `ids` could not return this id.
    if (next === 0 || next * step < 0 || !Number.isSafeInteger(next)) return false;
    last = id;
    if (next === step) {
      repeats++;
      return true;
    }
    flush();
    step = next;
    repeats = 1;
    return true;
  }

  function flush(): void {
    if (repeats === 0) return;
    writeNumber(Math.abs(step));
    writeNumber(repeats);
  }

  /** Seven bits a byte, lowest first; the eighth says that more follow. */
  function writeNumber(value: number): void {
    if (length + 10 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) | 128;
    bytes[length++] = rest;
  }

  /** All ids so far, in order. Nothing may be appended afterwards. */
  function* ids(): Generator<number> {
    if (first === undefined) return;
    flush();
    const sign = Math.sign(step);
    let at = 0;
    const readNumber = () => {
      let value = 0;
      let scale = 1;
      let byte: number;
      do {
        byte = bytes[at++] ?? 0;
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte >= 128);
      return value;
    };
    let id = first;
    yield id;
    while (at < length) {
      const gap = sign * readNumber();
      for (let count = readNumber(); count > 0; count--) {
        id += gap;
        yield id;
      }
    }
  }

  return { append, ids };
}

/** The largest share of the slots in use, of 16 bytes with values and 8 without. */
const MAX_LOAD = 0.85;
const EMPTY = Number.NaN;

/**
 * A hash table from ids to numbers, in typed arrays with open addressing, which takes a fraction of the memory of a
 * `Map`. Ids beyond 2^53 are rare and are held in a `Map`.
 */
export function createIdTable(withValues: boolean) {
  let capacity = 1024;
  let used = 0;
  let keys = new Float64Array(capacity).fill(EMPTY);
  let values = new Float64Array(withValues ? capacity : 0);
  const large = new Map<bigint, number>();

  /** Where `id` is, or where it belongs. */
  function slotOf(id: number): number {
    const mask = capacity - 1;
    let slot = mixed(id) & mask;
    while (keys[slot] !== id && !Number.isNaN(keys[slot])) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    capacity *= 2;
    keys = new Float64Array(capacity).fill(EMPTY);
    values = new Float64Array(withValues ? capacity : 0);
    for (const [index, id] of oldKeys.entries()) {
      if (Number.isNaN(id)) continue;
      const slot = slotOf(id);
      keys[slot] = id;
      if (withValues) values[slot] = oldValues[index] ?? 0;
    }
  }

  return {
    /** The value of `id` (0 without values); undefined when it is not there. */
    get(id: number | bigint): number | undefined {
      if (typeof id === 'bigint') return large.get(id);
      const slot = slotOf(id);
      if (keys[slot] !== id) return undefined;
      return withValues ? values[slot] : 0;
    },
    /** Adds `id` with its value unless it is there. Undefined when added; otherwise the value it has (0 without values). */
    addOrGet(id: number | bigint, value = 0): number | undefined {
      if (typeof id === 'bigint') {
        const known = large.get(id);
        if (known === undefined) large.set(id, value);
        return known;
      }
      const slot = slotOf(id);
      if (keys[slot] === id) return withValues ? values[slot] : 0;
      keys[slot] = id;
      if (withValues) values[slot] = value;
      if (++used > capacity * MAX_LOAD) grow();
      return undefined;
    },
  };
}

/** Spreads the bits of an integer (MurmurHash3's finaliser), so that ids with a common step do not collide. */
function mixed(id: number): number {
  let hash = (id | 0) ^ Math.imul(Math.floor(id / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
