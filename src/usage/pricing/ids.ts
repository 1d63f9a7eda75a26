/**
 * Knows which message ids were seen. While ids only rise (or only fall) it costs next to no memory; from the
 * first one out of order on, every id is in a table of at most 40 bytes an id.
 */
export function createIdHistory() {
  let log: ReturnType<typeof createIdLog> | undefined;
  let direction = 0;
  let table: ReturnType<typeof createIdTable> | undefined;
  const large = new Set<bigint>();

  return {
    /** Adds `id`; false when it was there already. */
    add(id: number | bigint): boolean {
      if (typeof id === 'bigint') return large.size < large.add(id).size;
      if (table !== undefined) return table.addOrGet(id) === undefined;
      if (log === undefined) {
        log = createIdLog(id);
        return true;
      }
      const step = id - log.last();
      const turn = Math.sign(step);
      // A step beyond 2^53 is no exact number, so the log could not give the id back.
      if (Number.isSafeInteger(step) && turn !== 0 && (turn === direction || direction === 0)) {
        direction = turn;
        log.append(id);
        return true;
      }
      table = createIdTable(false);
      for (const earlier of log.ids()) table.addOrGet(earlier);
      log = undefined;
      return table.addOrGet(id) === undefined;
    },
  };
}

/**
 * Keeps a strictly monotonic sequence of integers as run lengths of equal steps: nothing grows while ids come
 * one after the other, and about two bytes an id where the gaps vary.
 */
function createIdLog(first: number) {
  let bytes = new Uint8Array(256);
  let length = 0;
  let last = first;
  let step = 0;
  let repeats = 0;

  function append(id: number): void {
    const next = id - last;
    last = id;
    if (next === step) {
      repeats++;
      return;
    }
    flush();
    step = next;
    repeats = 1;
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
    const sign = step < 0 ? -1 : 1;
    flush();
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

  return { append, ids, last: () => last };
}

/** 16 bytes a slot with values, 8 without; between 43 % and 85 % of the slots are in use. */
const FULLEST = 0.85;
const EMPTY = Number.NaN;

/**
 * A hash table from ids (safe integers) to numbers, in typed arrays with open addressing: a `Map` would take
 * several times the memory, and millions of ids are normal.
 */
export function createIdTable(withValues: boolean) {
  let capacity = 1024;
  let used = 0;
  let keys = new Float64Array(capacity).fill(EMPTY);
  let values = new Float64Array(withValues ? capacity : 0);

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
    get(id: number): number | undefined {
      const slot = slotOf(id);
      if (keys[slot] !== id) return undefined;
      return withValues ? values[slot] : 0;
    },
    /** Adds `id` with its value unless it is there. Undefined when added; otherwise the value it has (0 without values). */
    addOrGet(id: number, value = 0): number | undefined {
      const slot = slotOf(id);
      if (keys[slot] === id) return withValues ? values[slot] : 0;
      keys[slot] = id;
      if (withValues) values[slot] = value;
      if (++used > capacity * FULLEST) grow();
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
